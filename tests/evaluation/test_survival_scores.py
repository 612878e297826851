from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.proper_scores import brier
from thirdeye.evaluation.survival_scores import brier_survival, time_dependent_auc

HORIZONS = (180, 365, 730)


@pytest.mark.data
@pytest.mark.parametrize("at", range(3))
def test_as_risk_regression(known, at: int) -> None:
    told, columns = known["brier_survival.lung"]["value"], known.columns("brier_survival.lung")
    horizon = HORIZONS[at]
    args = columns["time"], columns["event"]
    found = brier_survival(*args, 1 - columns[f"surv{horizon}"], horizon=horizon)
    assert found.value == pytest.approx(told["brier"][at], rel=1e-6)
    assert found.details["null_brier"] == pytest.approx(told["null_brier"][at], rel=1e-6)
    assert found.details["ipa"] == pytest.approx(told["ipa"][at], rel=1e-6)
    assert found.details["standard_error"] == pytest.approx(told["se"][at], rel=0.02)
    area = time_dependent_auc(*args, columns["risk"], horizon=horizon)
    assert area.value == pytest.approx(told["auc"][at], rel=1e-6)


@pytest.mark.data
def test_as_time_roc(known) -> None:
    told, columns = known["timeauc.lung"]["value"], known.columns("timeauc.lung")
    for horizon, value, error in zip(told["times"], told["auc"], told["se"], strict=True):
        found = time_dependent_auc(columns["time"], columns["event"], columns["risk"], horizon=horizon)
        assert found.value == pytest.approx(value, abs=5e-3)  # timeROC leaves out an event exactly at 180
        assert found.details["standard_error"] == pytest.approx(error, rel=0.1)


def test_without_censoring_they_are_the_ordinary_measures(rng) -> None:
    time = rng.exponential(10, 300)
    risk = np.clip(0.5 - (time - 8) / 60 + rng.normal(0, 0.2, 300), 0.01, 0.99)
    had = (time <= 8).astype(int)
    assert time_dependent_auc(time, np.ones(300), risk, horizon=8).value == pytest.approx(
        auc(had, risk).value
    )
    assert brier_survival(time, np.ones(300), risk, horizon=8).value == pytest.approx(brier(had, risk).value)


def test_beyond_the_follow_up() -> None:
    with pytest.raises(UsageError, match="ends at 3"):
        time_dependent_auc([1, 2, 3], [1, 0, 1], [3, 2, 1], horizon=4)


def test_nobody_beyond_the_horizon_is_undefined() -> None:
    found = time_dependent_auc([1, 2, 3], [1, 1, 1], [3, 2, 1], horizon=3)
    assert found.status == "undefined"
    assert "3 events" in found.reason
