"""Student's interval against scipy, and what is said where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from thirdeye.evaluation.mean_of_cases import mean_of_cases


def test_against_scipy() -> None:
    values = np.random.default_rng(0).normal(0.3, 1, 17)
    found = mean_of_cases(values, name="gain")
    low, high = stats.t.interval(0.95, 16, loc=values.mean(), scale=stats.sem(values))
    assert (found.value, found.ci_low, found.ci_high) == pytest.approx((values.mean(), low, high))
    assert found.ci_method == "t"


def test_limits_and_missing_values() -> None:
    found = mean_of_cases(np.array([0.9, 1.0, np.nan, 1.0]), name="share", least=0, most=1)
    assert found.ci_high == 1
    assert (found.n, found.n_excluded, found.status) == (3, {"no value": 1}, "unstable")


def test_no_interval() -> None:
    assert mean_of_cases(np.array([np.nan]), name="x").status == "undefined"
    assert mean_of_cases(np.ones(12), name="x").status == "degenerate"
    one = mean_of_cases(np.array([1.0, 2.0]), name="x", clusters=["p", "p"])
    assert (one.status, one.ci_low) == ("unstable", None)
