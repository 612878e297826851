import numpy as np
import pytest

from thirdeye.transform.handcrafted.responses import statistics_of
from thirdeye.transform.radiomics.first_order import first_order, histogram_statistics


def test_statistics_are_those_of_the_region_of_everything() -> None:
    response = np.random.default_rng(0).normal(size=(50, 40)).astype(np.float32)
    found, expected = statistics_of("x", response), first_order(response)
    assert found["x_mean"] == pytest.approx(expected["mean"], abs=1e-6)
    assert found["x_std"] == pytest.approx(expected["variance"] ** 0.5, rel=1e-5)
    assert found["x_skewness"] == pytest.approx(expected["skewness"], rel=1e-3)
    assert np.sinh(found["x_kurtosis"]) == pytest.approx(expected["kurtosis"], abs=1e-3)
    assert found["x_p10"] == pytest.approx(expected["percentile_10"], abs=0.01)
    counts = np.histogram(response, 32)[0]
    assert found["x_entropy"] == pytest.approx(histogram_statistics(counts)["entropy"], abs=0.01)


def test_a_constant_response_has_no_entropy() -> None:
    found = statistics_of("x", np.full((8, 8), 0.3, np.float32))
    assert found["x_entropy"] == 0
    assert found["x_uniformity"] == 1
    assert np.isfinite(list(found.values())).all()
