from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import hanley_mcneil_variance
from thirdeye.evaluation.sample_size import (
    auc_achieved,
    cases_for_auc,
    cases_for_auc_interval,
    cases_for_precision,
    mcnemar_achieved,
    pairs_for_mcnemar,
)


@pytest.mark.data
def test_one_auc_as_proc(known) -> None:
    told = known["samplesize.auc.single.n.kappa3"]["value"]
    found = cases_for_auc(0.75, power=0.8, healthy_per_diseased=3)
    assert (found.diseased, found.healthy) == pytest.approx((told["ncases"], told["ncontrols"]), rel=1e-5)
    assert found.total == 13 + 39


def test_buderer() -> None:
    """Known answers of Buderer 1996: 139 with the condition, 692 and 245 in all."""
    found = cases_for_precision(0.9, 0.85, half_width=0.05, prevalence=0.2)
    assert (found.for_sensitivity, found.total_for_sensitivity, found.total_for_specificity) == (
        139,
        692,
        245,
    )


def test_connor() -> None:
    assert pairs_for_mcnemar(0.15, 0.05) == 155
    assert pairs_for_mcnemar(0.1, 0.04, power=0.9) == 405


def test_an_interval_of_the_auc_is_as_narrow_as_wanted() -> None:
    found = cases_for_auc_interval(0.85, half_width=0.05, healthy_per_diseased=2)
    half = 1.959964 * hanley_mcneil_variance(0.85, int(found.diseased), int(found.healthy)) ** 0.5
    assert 0.0495 < half <= 0.05


@pytest.mark.parametrize(
    "call",
    [
        lambda: cases_for_auc(0.4),
        lambda: cases_for_auc(0.8, power=1),
        lambda: cases_for_precision(1.0, 0.5, half_width=0.05, prevalence=0.2),
        lambda: cases_for_precision(0.9, 0.5, half_width=0.6, prevalence=0.2),
        lambda: cases_for_auc_interval(0.8, half_width=0),
        lambda: pairs_for_mcnemar(0.1, 0.1),
    ],
)
def test_what_cannot_be_planned(call) -> None:
    with pytest.raises(UsageError):
        call()


@pytest.mark.parametrize("auc", [0.6, 0.75, 0.9])
@pytest.mark.parametrize("power", [0.8, 0.9])
@pytest.mark.parametrize("ratio", [0.5, 1, 3])
def test_the_planned_cases_reach_the_power_and_fewer_do_not(auc: float, power: float, ratio: float) -> None:
    found = cases_for_auc(auc, power=power, healthy_per_diseased=ratio)
    assert found.power >= power
    m, n = int(found.diseased), int(found.healthy)
    assert auc_achieved(auc, diseased=m, healthy=n).power < power
    assert 0 < found.half_width < 0.5


def test_pairs_reach_the_power_and_fewer_do_not() -> None:
    assert (
        mcnemar_achieved(0.15, 0.05, pairs=155).power >= 0.8 > mcnemar_achieved(0.15, 0.05, pairs=154).power
    )
    half = mcnemar_achieved(0.15, 0.05, pairs=100).half_width
    assert half == pytest.approx(1.959964 * ((0.2 - 0.01) / 100) ** 0.5)


def test_buderer_reaches_the_width() -> None:
    found = cases_for_precision(0.9, 0.85, half_width=0.05, prevalence=0.2)
    assert found.sensitivity_half_width == pytest.approx(1.959964 * (0.09 / 139) ** 0.5)
    assert max(found.sensitivity_half_width, found.specificity_half_width) <= 0.05
