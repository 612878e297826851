"""Recomputed intervals against statsmodels and a hand computation."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from thirdeye.recipes.literature.intervals import recomputed, recomputed_of
from thirdeye.recipes.literature.read import studies, study
from thirdeye.recipes.literature.study import Result


def test_a_proportion_is_wilsons() -> None:
    from statsmodels.stats.proportion import proportion_confint

    (one,) = recomputed([study("alaskar2019")])
    assert (one.low, one.high) == pytest.approx(proportion_confint(105, 105, method="wilson"), abs=1e-12)
    (two,) = recomputed([study("horie2019")])  # 98% of 47 patients are 46
    assert (two.low, two.high) == pytest.approx(proportion_confint(46, 47, method="wilson"), abs=1e-12)
    assert two.remark == "counts from memory"


def test_an_auc_is_hanley_and_mcneils() -> None:
    auc, positive, negative = 0.991, 4088, 4553
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (positive - 1) * (q1 - auc * auc) + (negative - 1) * (q2 - auc * auc)
    half = 1.959963984540054 * sqrt(variance / positive / negative)
    one = next(each for each in recomputed([study("urban2018")]) if each.measure == "auc")
    assert (one.low, one.high) == pytest.approx((auc - half, auc + half), abs=1e-12)
    assert one.method == "hanley_mcneil"
    assert one.n == "4,088 + 4,553"


def test_copies_do_not_count_as_cases() -> None:
    as_printed, honest = recomputed([study("nasr_esfahani2016")])
    assert (as_printed.n, honest.n) == ("1,224", "34")
    assert honest.high - honest.low > 4 * (as_printed.high - as_printed.low)
    assert "copies of 34 originals" in honest.remark


def test_limits_contain_the_value_and_stay_inside() -> None:
    found = recomputed(studies())
    assert len(found) == 30
    for one in found:
        assert 0 <= one.low <= one.value <= one.high <= 1


def test_what_the_papers_give_is_marked() -> None:
    assert {one.study for one in recomputed(studies()) if one.published} == {"Gulshan 2016", "Zech 2018"}


def test_no_counts_no_interval() -> None:
    assert recomputed([study("jadoon2017"), study("phan2019")]) == ()
    only_positive = Result("auc", 0.9, "paper", "x", positive=10, counts_source="paper")
    assert recomputed_of(study("phan2019"), only_positive) == []
    f1 = Result("f1", 0.9, "paper", "x", n=10, counts_source="paper")
    assert recomputed_of(study("phan2019"), f1) == []


def test_an_auc_of_one_has_an_exact_bound() -> None:
    perfect = Result("auc", 1.0, "paper", "x", positive=20, negative=50, counts_source="paper")
    (one,) = recomputed_of(study("phan2019"), perfect)
    assert (one.low, one.high) == (pytest.approx(0.025 ** (1 / 20)), 1.0)
    (cut,) = recomputed_of(study("phan2019"), replace(perfect, value=0.99))
    assert cut.high == 1.0
