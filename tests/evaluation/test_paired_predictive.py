from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.paired_predictive import (
    PairedTables,
    generalised_score_test,
    likelihood_ratio_ratio,
    paired_tables,
    relative_predictive_value,
    weighted_score_test,
)


@pytest.fixture
def case(known):
    return known["paired.dtcompair.paired1"]


@pytest.fixture
def tables(known) -> PairedTables:
    columns = known.columns("paired.dtcompair.paired1")
    return paired_tables(columns["d"], columns["y1"], columns["y2"])


@pytest.mark.data
@pytest.mark.parametrize("positive", [True, False])
def test_score_tests_as_dtcompair(case, tables, positive: bool) -> None:
    name = "ppv" if positive else "npv"
    for test, key in (
        (generalised_score_test, "ppv_npv_generalized_score"),
        (weighted_score_test, "ppv_npv_weighted_generalized_score"),
    ):
        told, found = case["value"][key][name], test(tables, positive=positive)
        assert (found.first, found.second) == pytest.approx((told["test1"], told["test2"]), rel=1e-9)
        assert found.statistic == pytest.approx(told["test.statistic"], rel=1e-6)
        assert found.p == pytest.approx(told["p.value"], rel=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("positive", [True, False])
def test_relative_predictive_values_as_dtcompair(case, tables, positive: bool) -> None:
    name = "ppv" if positive else "npv"
    told, found = case["value"]["relative_pv"][name], relative_predictive_value(tables, positive=positive)
    assert found.ratio == pytest.approx(told[f"r{name}"], rel=1e-9)
    assert found.log_error == pytest.approx(told[f"se.log.r{name}"], rel=1e-6)
    assert (found.low, found.high) == pytest.approx((told[f"lcl.r{name}"], told[f"ucl.r{name}"]), rel=1e-6)
    assert found.p == pytest.approx(told["p.value"], rel=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("positive", [True, False])
def test_likelihood_ratios_as_dtcompair(case, tables, positive: bool) -> None:
    told = case["value"]["dlr_regtest"]["pdlr" if positive else "ndlr"]
    found = likelihood_ratio_ratio(tables, positive=positive)
    assert (found.first, found.second) == pytest.approx((told["test1"], told["test2"]), rel=1e-9)
    assert found.ratio == pytest.approx(told["ratio"], rel=1e-9)
    assert found.log_error == pytest.approx(told["se.log"], rel=1e-6)
    assert found.p == pytest.approx(told["p.value"], rel=1e-5)


def test_equal_tests_do_not_differ() -> None:
    rng = np.random.default_rng(1)
    truth, said = rng.integers(0, 2, 80), rng.integers(0, 2, 80)
    tables = paired_tables(truth, said, said)
    for test in (weighted_score_test, generalised_score_test):
        assert np.isnan(test(tables, positive=True).p)
    assert relative_predictive_value(tables, positive=True).ratio == 1.0


def test_a_test_that_never_says_positive() -> None:
    tables = paired_tables([1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0])
    found = weighted_score_test(tables, positive=True)
    assert np.isnan(found.second)
    assert np.isnan(found.p)


@pytest.mark.parametrize("positive", [True, False])
def test_level_under_no_difference(positive: bool) -> None:
    rng, wrong = np.random.default_rng(8), 0
    for _ in range(400):
        truth = rng.random(300) < 0.4
        first, second = (np.where(truth, rng.random(300) < 0.8, rng.random(300) < 0.25) for _ in range(2))
        wrong += weighted_score_test(paired_tables(truth, first, second), positive=positive).p < 0.05
    assert 8 <= wrong <= 34  # 20 expected


@pytest.mark.parametrize(
    ("truth", "first", "second"),
    [
        ([1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]),  # the second never calls
        ([1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]),
        ([1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0]),
        ([0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]),
        ([1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]),
        ([1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1]),
    ],
)
@pytest.mark.parametrize("positive", [True, False])
def test_empty_cells_leave_no_test_and_no_error(truth, first, second, positive: bool) -> None:
    tables = paired_tables(truth, first, second)
    for test in (weighted_score_test, generalised_score_test):
        found = test(tables, positive=positive)
        assert np.isnan(found.p) == np.isnan(found.statistic)
    for compare in (relative_predictive_value, likelihood_ratio_ratio):
        ratio = compare(tables, positive=positive)
        assert np.isnan(ratio.p) == np.isnan(ratio.low) == np.isnan(ratio.high)
        assert ratio.p >= 0 or np.isnan(ratio.p)
