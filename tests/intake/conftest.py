"""Tiny images and folders for the tests of intake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

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
