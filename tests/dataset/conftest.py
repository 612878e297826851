"""Collections made of numbers, without files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.intake.collection import Collection
from thirdeye.intake.examine import Examination
from thirdeye.intake.facts import ImageFacts

Sample = tuple[Collection, Examination]


@pytest.fixture
def sample() -> Callable[..., Sample]:
    """A collection and its examination; every argument is one value per image."""

    def make(
        labels: Sequence[str],
        *,
        patients: Sequence[str] | None = None,
        splits: Sequence[str] | None = None,
        hashes: Sequence[str] | None = None,
        errors: Sequence[str] | None = None,
        blank: Sequence[int] = (),
        classes: Sequence[str] | None = None,
        task: str = "binary",
        split_origin: str = "folders",
    ) -> Sample:
        n = len(labels)
        images = [f"i{number:04}.png" for number in range(n)]
        rows = pd.DataFrame(
            {
                "image": images,
                "case": images,
                "patient": patients or [""] * n,
                "label": list(labels),
                "split": splits or [""] * n,
                "site": [""] * n,
                "age": ["50"] * n,
            },
            dtype=object,
        )
        facts = [
            ImageFacts(
                image,
                error=(errors or [""] * n)[k],
                height=10,
                width=20,
                bits=8,
                mean=51.0,
                std=25.5,
                minimum=0.0 if k not in blank else 255.0,
                maximum=255.0,
                sha256=(hashes or [f"h{j}" for j in range(n)])[k],
                format="PNG",
            )
            for k, image in enumerate(images)
        ]
        frame = pd.DataFrame([vars(fact) for fact in facts]).set_index("image")
        names = tuple(classes or sorted(set(labels)))
        collection = Collection(
            root=Path("data"),
            layout="class-folders",
            rows=rows,
            task=task,
            classes=names,
            positive=names[-1] if task == "binary" else None,
            patient_known=bool(patients),
            understood=(),
            group="patient" if patients else "image",
            split_origin=split_origin if splits else "none",
        )
        return collection, Examination((), frame)

    return make
