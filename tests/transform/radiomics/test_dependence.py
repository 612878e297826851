"""Against the published values of the IBSI's digital phantom."""

from typing import Any

import numpy as np

from thirdeye.transform.radiomics.dependence import dependence_features, dependence_table
from thirdeye.transform.radiomics.region import Region

_PUBLISHED = {
    "low_dependence_emphasis": "0.045", "high_dependence_emphasis": "109", "low_grey_level_emphasis": "0.693",
    "high_grey_level_emphasis": "7.66", "low_dependence_low_grey_level_emphasis": "0.00963",
    "low_dependence_high_grey_level_emphasis": "0.736", "high_dependence_low_grey_level_emphasis": "102",
    "high_dependence_high_grey_level_emphasis": "235", "grey_level_non_uniformity": "37.9",
    "normalised_grey_level_non_uniformity": "0.512", "dependence_length_non_uniformity": "4.86",
    "normalised_dependence_length_non_uniformity": "0.0657", "grey_level_variance": "3.05",
    "dependence_length_variance": "22.1", "dependence_entropy": "4.4", "dependence_energy": "0.0533",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(dependence_features(phantom), _PUBLISHED)


def test_a_tolerance_lets_near_levels_depend() -> None:
    region = Region(np.array([[1, 2, 4]]), 4)
    assert dependence_table(region)[:, 0].tolist() == [1, 1, 0, 1]
    assert dependence_table(region, tolerance=1)[:, 1].tolist() == [1, 1, 0, 0]
    assert dependence_table(region, tolerance=2)[1, 2] == 1
