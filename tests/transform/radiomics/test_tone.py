"""Against the published values of the IBSI's digital phantom."""

from typing import Any

import numpy as np
import pytest

from thirdeye.transform.radiomics.region import Region
from thirdeye.transform.radiomics.tone import COARSEST, tone_features

_PUBLISHED = {
    "coarseness": "0.0296", "contrast": "0.584", "busyness": "6.54", "complexity": "13.5",
    "strength": "0.763",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(tone_features(phantom), _PUBLISHED)


@pytest.mark.parametrize("levels", [np.ones((4, 4), int), np.array([[2]]), np.array([[1, 0, 2]])])
def test_no_difference_is_the_coarsest(levels: np.ndarray) -> None:
    assert tone_features(Region(levels, 2)) == {
        "coarseness": COARSEST, "contrast": 0, "busyness": 0, "complexity": 0, "strength": 0,
    }  # fmt: skip
