"""Tables against scikit-learn, and its silent zeros against our undefined."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from thirdeye.errors import UsageError
from thirdeye.evaluation.confusion import (
    TwoByTwo,
    balanced_accuracy,
    class_totals,
    confusion_matrix,
    f1_of_classes,
    mcc,
    predictive_values,
    two_by_two,
)


@pytest.fixture
def calls(rng):
    truth = rng.integers(0, 4, 300)
    return truth, np.where(rng.random(300) < 0.6, truth, rng.integers(0, 4, 300))


def parts(truth, predicted, k):
    totals = class_totals(truth, predicted, k=k).sum(axis=0, dtype=float)
    return totals[:k], totals[k : 2 * k], totals[2 * k :]


def test_many_classes_match_scikit_learn(calls):
    hits, truth, predicted = parts(*calls, 4)
    assert balanced_accuracy(hits, truth) == pytest.approx(reference.balanced_accuracy_score(*calls))
    assert mcc(hits, truth, predicted) == pytest.approx(reference.matthews_corrcoef(*calls))
    expected = reference.f1_score(*calls, average=None)
    assert f1_of_classes(hits, truth, predicted) == pytest.approx(expected)
    assert (confusion_matrix(*calls, k=4) == reference.confusion_matrix(*calls)).all()


def test_two_classes_match_the_closed_forms(calls):
    truth, called = calls[0] > 1, calls[1] > 1
    found = two_by_two(truth, called).measures()
    hits, true, predicted = parts(truth, called, 2)
    assert found["mcc"] == pytest.approx(float(mcc(hits, true, predicted)))
    assert found["f1"] == pytest.approx(reference.f1_score(truth, called))
    assert found["ppv"] == pytest.approx(reference.precision_score(truth, called))
    assert found["balanced_accuracy"] == pytest.approx(float(balanced_accuracy(hits, true)))


def test_nothing_called_positive_is_undefined_not_zero():
    found = TwoByTwo(tp=0, fp=0, fn=20, tn=80).measures()
    assert (found["ppv"], found["mcc"], found["lr_pos"], found["dor"]) == (None,) * 4
    assert found["sensitivity"] == 0


def test_one_class_leaves_the_other_rate_undefined():
    found = TwoByTwo(tp=0, fp=3, fn=0, tn=7).measures()
    assert (found["sensitivity"], found["balanced_accuracy"], found["youden"]) == (None, None, None)
    assert found["specificity"] == pytest.approx(0.7)


def test_perfect_specificity_has_no_bounded_likelihood_ratio():
    found = TwoByTwo(tp=27, fp=0, fn=3, tn=70).measures()
    assert found["lr_pos"] == math.inf
    assert found["dor"] == math.inf
    assert math.isfinite(found["dor_haldane"])


def test_zero_specificity_leaves_the_negative_ratio_undefined():
    assert TwoByTwo(tp=5, fp=5, fn=5, tn=0).measures()["lr_neg"] is None


def test_an_empty_table_is_undefined_throughout():
    found = TwoByTwo(0, 0, 0, 0).measures()
    assert {value for name, value in found.items() if name != "n"} == {None}


def test_negative_cells_are_refused():
    with pytest.raises(UsageError, match="the cell tp: -1 cannot be"):
        TwoByTwo(tp=-1, fp=0, fn=0, tn=0)


def test_predictive_values_follow_the_prevalence():
    table = TwoByTwo(tp=45, fp=10, fn=5, tn=40)
    measures = table.measures()
    again = predictive_values(0.9, 0.8, prevalence=0.5)
    assert again == pytest.approx((measures["ppv"], measures["npv"]))
    assert predictive_values(1.0, 1.0, prevalence=0.0)[0] is None
    with pytest.raises(UsageError, match=r"1\.2"):
        predictive_values(1.2, 0.5, prevalence=0.1)


def test_absent_classes_give_nan_for_the_caller_to_turn_into_undefined():
    hits, truth, predicted = parts(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
    assert np.isnan(balanced_accuracy(hits, truth))
    assert np.isnan(f1_of_classes(hits, truth, predicted)[2])
    constant = parts(np.array([0, 1]), np.array([0, 0]), 2)
    assert np.isnan(mcc(*constant))


def test_counts_of_any_integer_type_do_not_overflow() -> None:
    cells = [np.int64(part) for part in (900_000, 100_000, 100_000, 900_000)]
    assert TwoByTwo(*cells).measures()["mcc"] == pytest.approx(0.8)
    hits, totals = np.array([900_000, 900_000]), np.array([1_000_000, 1_000_000])
    assert mcc(hits, totals, totals) == pytest.approx(0.8)


@pytest.mark.parametrize("cell", [-1, 1.5, float("nan"), "x"])
def test_a_cell_counts_cases(cell) -> None:
    with pytest.raises(UsageError):
        TwoByTwo(cell, 1, 1, 1)
