from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.paired import paired_auc
from thirdeye.evaluation.sample_size_paired import cases_for_paired_aucs, pilot_of, power_of_paired_aucs


@pytest.mark.data
def test_both_methods_as_proc(known) -> None:
    """pROC's power.roc.test of two curves, to the tolerance of the case."""
    case, columns = known["samplesize.auc.paired.asah"], known.columns("samplesize.auc.paired.asah")
    told, rtol = case["value"], case["rtol"]
    for method, name in (("delong", "delong_n_for_power90"), ("binormal", "obuchowski_n_for_power90")):
        pilot = pilot_of(columns["outcome"], columns["wfns"], columns["ndka"], method=method)
        found = cases_for_paired_aucs(pilot, power=0.9)
        assert found.diseased == pytest.approx(told[name]["ncases"], rel=rtol)
        assert found.healthy == pytest.approx(told[name]["ncontrols"], rel=rtol)
    pilot = pilot_of(columns["outcome"], columns["wfns"], columns["ndka"])
    assert power_of_paired_aucs(pilot) == pytest.approx(told["delong_power_observed_n"], rel=rtol)


def scores_of(rng, n: int):
    y = rng.random(n) < 0.4
    shared = rng.normal(size=n)
    one, other = (shared + rng.normal(size=n) + effect * y for effect in (1.2, 0.8))
    return y, one, other


def test_variances_are_delongs(rng) -> None:
    y, one, other = scores_of(rng, 200)
    pilot, pair = pilot_of(y, one, other), paired_auc(y, one, other)
    assert pilot.variance == pytest.approx(pair.standard_error**2 * y.sum())
    assert pilot.covariance == pytest.approx(pair.covariance * y.sum())


def test_power_and_number_are_one_formula(rng) -> None:
    pilot = pilot_of(*scores_of(rng, 200))
    found = cases_for_paired_aucs(pilot, power=0.85, alpha=0.1)
    assert power_of_paired_aucs(pilot, diseased=found.diseased, alpha=0.1) == pytest.approx(0.85)
    assert found.healthy / found.diseased == pytest.approx(pilot.healthy / pilot.diseased)


def test_binormal_and_delong_are_near_where_scores_are_normal(rng) -> None:
    cases = scores_of(rng, 4000)
    numbers = [
        cases_for_paired_aucs(pilot_of(*cases, method=method)).diseased for method in ("delong", "binormal")
    ]
    assert numbers[0] == pytest.approx(numbers[1], rel=0.3)


def test_what_cannot_be_planned_is_refused(rng) -> None:
    y, one, other = scores_of(rng, 60)
    with pytest.raises(DataRefused, match="nothing to plan"):
        pilot_of(y, one, one)
    with pytest.raises(DataRefused, match="two cases of either class"):
        pilot_of([0, 1, 0], [1, 2, 3], [2, 3, 1])
    with pytest.raises(UsageError, match="no method"):
        pilot_of(y, one, other, method="exact")
    with pytest.raises(DataRefused, match="two thresholds"):
        pilot_of([0, 0, 1, 1], [1, 1, 2, 2], [1, 2, 1, 2], method="binormal")
    pilot = pilot_of(y, one, other)
    for wrong in ({"power": 1}, {"alpha": 0}):
        with pytest.raises(UsageError):
            cases_for_paired_aucs(pilot, **wrong)
    with pytest.raises(UsageError, match="diseased"):
        power_of_paired_aucs(pilot, diseased=0)
    assert np.isfinite(power_of_paired_aucs(pilot))
