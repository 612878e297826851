"""A small gallery in two groups, with what it takes to search it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from thirdeye.inference.similar.finder import Finder
from thirdeye.inference.similar.gallery import Gallery, PastCase, gallery_of
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.patients import digest
from thirdeye.inference.similar.pictures import small_pictures


@dataclass(frozen=True)
class Archive:
    """Twenty cases of ten patients, seen by two members of six features."""

    features: np.ndarray
    images: np.ndarray
    labels: list[str]
    patients: list[str]
    measure: Measure
    of_pictures: Measure
    gallery: Gallery

    def finder(self, limit: float | None = 0.999) -> Finder:
        return Finder(self.measure, self.of_pictures, (self.gallery,), limit)


@pytest.fixture
def archive() -> Archive:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20, 12)).astype(np.float32)
    images = rng.integers(0, 255, (20, 32, 32, 3)).astype(np.uint8)
    labels = [("ill", "well")[row % 3 > 0] for row in range(20)]
    patients = [f"p{row // 2}" for row in range(20)]
    measure = Measure(
        rng.normal(size=(2, 6)).astype(np.float32) / 9, rng.normal(size=(2, 6, 4)).astype(np.float32)
    )
    of_pictures = Measure(np.zeros((1, 768), np.float32), np.eye(768, dtype=np.float32)[None])
    cases = [PastCase(f"case {row}", f"{row}.png", labels[row], digest(patients[row])) for row in range(20)]
    pictures = of_pictures.vectors(small_pictures(images), (0,))
    parts = [
        (group, measure.vectors(features[rows], group), pictures[rows], cases[rows])
        for group, rows in (((0,), slice(0, 12)), ((0, 1), slice(12, 20)))
    ]
    return Archive(
        features, images, labels, patients, measure, of_pictures, gallery_of("training", parts, place=None)
    )
