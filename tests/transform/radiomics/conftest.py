"""The digital phantom of the IBSI: 5 x 4 x 4 voxels of 2 mm, 74 of them inside, levels 1, 3, 4 and 6."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.transform.radiomics.region import Region

_SLICES = [
    [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
    [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [0, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
    [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 6, 1, 1]],
    [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
]


@pytest.fixture
def phantom() -> Region:
    """Axes z, y, x; 0 is outside."""
    return Region(np.array(_SLICES), 6)


def significant(value: float, like: str) -> float:
    """`value` rounded to as many significant digits as the published text `like` has."""
    digits = len(like.split("e")[0].replace("-", "").replace(".", "").lstrip("0"))
    return float(f"{value:.{max(digits, 1) - 1}e}")


@pytest.fixture
def matches() -> Any:
    """Compares computed features with published ones, to the digits that were published."""

    def compare(found: dict[str, float], published: dict[str, str]) -> None:
        assert set(published) <= set(found), set(published) - set(found)
        wrong = {
            name: (found[name], text)
            for name, text in published.items()
            if significant(found[name], text) != pytest.approx(float(text), rel=1e-9, abs=1e-12)
        }
        assert not wrong

    return compare
