from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.smooth_calibration import smooth_calibration


@pytest.mark.data
def test_as_loess_of_r(known) -> None:
    """R's loess interpolates between vertices; 2 % is allowed, 5 % in the list of known answers."""
    told, columns = known["calibration.sim300"]["value"], known.columns("calibration.sim300")
    found = smooth_calibration(columns["y"], columns["p"])
    assert found is not None
    for name in ("ici", "e50", "e90", "emax"):
        assert getattr(found, name) == pytest.approx(told[f"{name}_loess"], rel=0.02)


def test_a_calibrated_model_lies_on_the_diagonal(rng) -> None:
    p = rng.uniform(0, 1, 20_000)
    found = smooth_calibration(rng.random(20_000) < p, p)
    assert found is not None
    assert found.ici < 0.015
    inside = (found.low <= found.probability) & (found.probability <= found.high)
    assert inside.mean() > 0.7


def test_a_straight_relation_is_found_exactly() -> None:
    """A quadratic smoother leaves a line as it is; outcomes here follow it in every neighbourhood."""
    p = np.repeat(np.linspace(0.1, 0.9, 9), 100)
    y = np.concatenate([(np.arange(100) < 100 * q).astype(int) for q in np.linspace(0.3, 0.7, 9)])
    found = smooth_calibration(y, p)
    assert found is not None
    assert np.allclose(found.event_rate, 0.25 + found.probability / 2, atol=1e-6)


def test_undefined() -> None:
    assert smooth_calibration([0, 1] * 3, [0.1, 0.9] * 3) is None
    assert smooth_calibration([0, 1] * 30, [0.1, 0.9] * 30) is None
    with pytest.raises(UsageError, match="span"):
        smooth_calibration([0, 1], [0.1, 0.2], span=0)
