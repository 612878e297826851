"""Tiny images and folders for the tests of intake."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.intake.collection import Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.facts import ImageFacts

_spec = importlib.util.spec_from_file_location(
    "dicom_writers", Path(__file__).parents[1] / "dicom" / "conftest.py"
)
assert _spec is not None
assert _spec.loader is not None
_writers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_writers)
write_series = _writers.write_series

Writer = Callable[..., Path]


@pytest.fixture
def picture() -> Callable[[int], np.ndarray]:
    """A distinct 8 x 8 grey picture for each number."""

    def make(number: int) -> np.ndarray:
        return np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)

    return make


@pytest.fixture
def write_images(tmp_path: Path, picture: Callable[[int], np.ndarray]) -> Writer:
    """Write distinct pictures under names below ``tmp_path/data``; returns that folder."""
    written = 0

    def write(*names: str) -> Path:
        nonlocal written
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture(written)).save(path)
            written += 1
        return tmp_path / "data"

    return write


@pytest.fixture
def class_folders(write_images: Writer) -> Callable[[Mapping[str, int]], Path]:
    """A folder per class with so many distinct images: ``{"sick": 6, "normal": 6}``."""

    def write(sizes: Mapping[str, int]) -> Path:
        return write_images(
            *(f"{name}/{number}.png" for name, size in sizes.items() for number in range(size))
        )

    return write


@pytest.fixture
def table_folder(write_images: Writer) -> Callable[..., Path]:
    """Images ``images/0.png``... and ``cases.csv`` with the given columns beside an ``image`` column."""

    def write(name: str = "cases.csv", image: str = "image", **columns: list[object]) -> Path:
        length = len(next(iter(columns.values())))
        names = [f"images/{number}.png" for number in range(length)]
        folder = write_images(*names)
        pd.DataFrame({image: names, **columns}).to_csv(folder / name, index=False)
        return folder

    return write


@pytest.fixture
def made_exhibits(tmp_path: Path) -> Callable[..., Exhibits]:
    """Exhibits as a pass over pixels would leave them, without any file."""

    def make(
        labels: Sequence[str],
        *,
        thumbnails: np.ndarray | None = None,
        facts: Mapping[str, Sequence[object]] | None = None,
        columns: Mapping[str, Sequence[object]] | None = None,
        **changes: Any,
    ) -> Exhibits:
        n = len(labels)
        images = [f"{number}.png" for number in range(n)]
        rows = pd.DataFrame(
            {"image": images, "case": images, "patient": "", "label": list(labels), "split": "", "site": ""}
        ).assign(**{name: list(values) for name, values in (columns or {}).items()})
        classes = tuple(sorted(set(labels)))
        told: dict[str, Any] = {
            "task": "binary" if len(classes) == 2 else "multiclass",
            "positive": classes[-1],
        }
        told |= {name: changes.pop(name) for name in list(changes) if name in Collection.__dataclass_fields__}
        collection = Collection(
            root=tmp_path, layout="table", rows=rows, patient_known=False, understood=(),
            **({"classes": classes} | told),
        )  # fmt: skip
        plain = [asdict(ImageFacts(image, sha256=image, height=64, width=64, bits=8)) for image in images]
        table = (
            pd.DataFrame(plain)
            .set_index("image")
            .assign(**{name: list(values) for name, values in (facts or {}).items()})
        )
        if thumbnails is None:
            thumbnails = np.random.default_rng(1).integers(0, 256, (n, 64, 64), dtype=np.uint8)
        return Exhibits(
            collection=collection, facts=table, thumbnails=thumbnails, mask_facts=pd.DataFrame(), **changes
        )

    return make
