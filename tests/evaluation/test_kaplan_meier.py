from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.kaplan_meier import censoring_curve, kaplan_meier, log_rank


@pytest.mark.data
def test_as_survival_of_r(known) -> None:
    told, columns = known["km.lung"]["value"], known.columns("km.lung")
    curve = kaplan_meier(columns["time"], columns["event"])
    places = (180, 365, 730)
    assert curve.median == told["median"]
    assert [curve.at(t) for t in places] == pytest.approx(told["surv_180_365_730"], rel=1e-7)
    assert [curve.error_at(t) for t in places] == pytest.approx(told["se_greenwood"], rel=1e-7)
    test = log_rank(columns["time"], columns["event"], columns["sex"])
    assert test.chi2 == pytest.approx(told["logrank_chi2_sex"], rel=1e-7)
    assert test.p == pytest.approx(told["logrank_p"], rel=1e-7)


def test_as_statsmodels(rng) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    time, event = rng.integers(1, 20, 80), rng.integers(0, 2, 80)
    group = rng.integers(0, 3, 80)
    told = SurvfuncRight(time, event)
    curve = kaplan_meier(time, event)
    assert [curve.at(t) for t in told.surv_times] == pytest.approx(list(told.surv_prob))
    assert [curve.error_at(t) for t in told.surv_times] == pytest.approx(list(told.surv_prob_se))
    found = log_rank(time, event, group)
    assert (found.chi2, found.p) == pytest.approx(survdiff(time, event, group))


def test_events_come_before_censorings() -> None:
    curve = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0])
    assert [curve.at(t) for t in (0.5, 1, 2, 3)] == pytest.approx([1, 3 / 4, 3 / 4 * 2 / 3, 1 / 2])
    free = censoring_curve([1, 2, 2, 3], [1, 1, 0, 0])
    assert [free.at(t) for t in (1, 2, 3)] == pytest.approx([1, 1 / 2, 0])
    assert list(free.before(np.array([2.0, 3.0]))) == pytest.approx([1, 1 / 2])


def test_no_median_where_most_live() -> None:
    assert kaplan_meier([1, 2, 3], [1, 0, 0]).median is None


def test_refusals() -> None:
    with pytest.raises(DataRefused, match=r"-1.0 in row 1 lies before the start"):
        kaplan_meier([1, -1], [1, 0])
    with pytest.raises(UsageError, match="two groups and an event, got 1"):
        log_rank([1, 2], [1, 1], ["a", "a"])
