from __future__ import annotations

import pytest

from thirdeye.plan.landmarks.rules import LandmarkFacts


@pytest.fixture
def facts() -> LandmarkFacts:
    """As of 208 tall grey radiographs with 68 landmarks, half an hour, two cores."""
    return LandmarkFacts(
        names=tuple(f"point {number}" for number in range(68)), n_development=208, n_validation=0,
        groups=205, channels=1, deep_share=0.0, sides=(896.0, 333.0), beyond=0.024,
        mirror=tuple(number ^ 1 for number in range(68)), mirror_misfit=1.1, complete=208,
        pixels_per_s=900_000, budget_s=1800, seed=0,
    )  # fmt: skip
