"""Against the published values of the IBSI's digital phantom."""

from typing import Any

import numpy as np

from thirdeye.transform.radiomics.region import Region
from thirdeye.transform.radiomics.zones import zone_features, zone_sizes

_PUBLISHED = {
    "small_zone_emphasis": "0.255", "large_zone_emphasis": "550", "low_grey_level_emphasis": "0.253",
    "high_grey_level_emphasis": "15.6", "small_zone_low_grey_level_emphasis": "0.0256",
    "small_zone_high_grey_level_emphasis": "2.76", "large_zone_low_grey_level_emphasis": "503",
    "large_zone_high_grey_level_emphasis": "1.49e3", "grey_level_non_uniformity": "1.4",
    "normalised_grey_level_non_uniformity": "0.28", "zone_length_non_uniformity": "1",
    "normalised_zone_length_non_uniformity": "0.2", "zone_percentage": "0.0676",
    "grey_level_variance": "2.64", "zone_length_variance": "331", "zone_entropy": "2.32",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(zone_features(phantom), _PUBLISHED)


def test_diagonal_neighbours_touch_and_other_levels_part() -> None:
    levels, sizes = zone_sizes(Region(np.array([[1, 0, 2], [0, 1, 2], [2, 0, 0]]), 2))
    assert sorted(zip(levels.tolist(), sizes.tolist(), strict=True)) == [(1, 2), (2, 1), (2, 2)]
