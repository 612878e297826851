"""Against the published values of the IBSI's digital phantom and SciPy."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from thirdeye.errors import UsageError
from thirdeye.transform.radiomics.first_order import NAMES, first_order, histogram_statistics
from thirdeye.transform.radiomics.region import Region

_PUBLISHED = {
    "mean": "2.15", "variance": "3.05", "skewness": "1.08", "kurtosis": "-0.355", "median": "1",
    "minimum": "1", "percentile_10": "1", "percentile_90": "4", "maximum": "6", "interquartile_range": "3",
    "range": "5", "mean_absolute_deviation": "1.55", "robust_mean_absolute_deviation": "1.11",
    "median_absolute_deviation": "1.15", "coefficient_of_variation": "0.812",
    "quartile_coefficient_of_dispersion": "0.6", "energy": "567", "root_mean_square": "2.77",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    levels = phantom.levels[phantom.inside]
    matches(first_order(levels), _PUBLISHED)
    matches(histogram_statistics(np.bincount(levels)), {"entropy": "1.27", "uniformity": "0.512"})


def test_moments_agree_with_scipy() -> None:
    values = np.random.default_rng(0).gamma(2, 3, 500)
    found = first_order(values)
    assert found["skewness"] == pytest.approx(stats.skew(values))
    assert found["kurtosis"] == pytest.approx(stats.kurtosis(values))
    assert found["interquartile_range"] == pytest.approx(stats.iqr(values))


@pytest.mark.parametrize("values", [[7.0], [0.0, 0.0, 0.0], np.full((3, 3), -2.5)])
def test_constant_values_are_finite(values: Any) -> None:
    found = first_order(values)
    assert list(found) == list(NAMES)
    assert np.isfinite(list(found.values())).all()
    assert found["variance"] == found["skewness"] == found["kurtosis"] == found["range"] == 0


def test_what_is_not_finite_is_left_out_and_nothing_is_refused() -> None:
    assert first_order([1.0, np.nan, 3.0, np.inf]) == first_order([1.0, 3.0])
    with pytest.raises(UsageError, match="at least one finite"):
        first_order([np.nan])
