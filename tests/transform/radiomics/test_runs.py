"""Against the published values of the IBSI's digital phantom, and runs counted by hand."""

from typing import Any

import numpy as np
import pytest

from thirdeye.transform.radiomics.region import Region
from thirdeye.transform.radiomics.runs import run_features, run_table

_PUBLISHED = {  # three-dimensional, merged
    "short_run_emphasis": "0.729", "long_run_emphasis": "2.76", "low_grey_level_emphasis": "0.607",
    "high_grey_level_emphasis": "9.64", "short_run_low_grey_level_emphasis": "0.372",
    "short_run_high_grey_level_emphasis": "8.67", "long_run_low_grey_level_emphasis": "2.16",
    "long_run_high_grey_level_emphasis": "15.6", "grey_level_non_uniformity": "281",
    "normalised_grey_level_non_uniformity": "0.43", "run_length_non_uniformity": "328",
    "normalised_run_length_non_uniformity": "0.501", "run_percentage": "0.68", "grey_level_variance": "3.48",
    "run_length_variance": "0.598", "run_entropy": "2.62",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(run_features(phantom), _PUBLISHED)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ((0, 1), {(1, 2): 1, (1, 1): 2, (2, 1): 3}),
        ((1, -1), {(1, 1): 2, (1, 2): 1, (2, 3): 1}),
    ],
)
def test_runs_counted_by_hand(offset: tuple[int, int], expected: dict[tuple[int, int], int]) -> None:
    table = run_table(Region(np.array([[1, 1, 2], [1, 2, 0], [2, 0, 1]]), 2), (offset,))
    for (level, length), n in expected.items():
        assert table[level - 1, length - 1] == n
    assert table @ np.arange(1, 4) == pytest.approx([4, 3])  # every element lies in one run


def test_volumes_beyond_the_cache_count_the_same() -> None:
    levels = np.random.default_rng(0).integers(0, 3, (3, 160, 160))
    table = run_table(Region(levels, 2), ((0, 0, 1),))
    assert table @ np.arange(1, 161) == pytest.approx(np.bincount(levels.ravel())[1:])


def test_a_single_element_is_one_run_in_each_direction() -> None:
    found = run_features(Region(np.array([[3]]), 4))
    assert found["short_run_emphasis"] == found["run_percentage"] == 1
