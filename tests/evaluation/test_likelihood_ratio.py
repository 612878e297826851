from __future__ import annotations

import math

import numpy as np
import pytest

from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.likelihood_ratio import Calls, ratio_metrics
from thirdeye.evaluation.proportion import clopper_pearson


def calls_of(tp, fp, fn, tn, *, patients=None, level=0.95):
    truth = np.repeat([True, False, True, False], [tp, fp, fn, tn])
    called = np.repeat([True, True, False, False], [tp, fp, fn, tn])
    return Calls(truth, called, check_clusters(patients, truth.size), level)


def by_name(calls):
    return {metric.name: metric for metric in ratio_metrics(calls)}


def test_intervals_of_a_hand_computed_table():
    """Simel, Samsa & Matchar 1991, J Clin Epidemiol 44: the worked formula with 1.96 standard errors."""
    found = by_name(calls_of(81, 10, 19, 90))
    half = 1.959963984540054 * math.sqrt(1 / 81 - 1 / 100 + 1 / 10 - 1 / 100)
    assert found["lr_pos"].value == pytest.approx(8.1)
    limits = (found["lr_pos"].ci_low, found["lr_pos"].ci_high)
    assert limits == pytest.approx((8.1 * math.exp(-half), 8.1 * math.exp(half)))
    half = 1.959963984540054 * math.sqrt(1 / 19 - 1 / 100 + 1 / 90 - 1 / 100)
    value = 0.19 / 0.9
    assert (found["lr_neg"].ci_low, found["lr_neg"].ci_high) == pytest.approx(
        (value * math.exp(-half), value * math.exp(half))
    )
    half = 1.959963984540054 * math.sqrt(1 / 81 + 1 / 10 + 1 / 19 + 1 / 90)
    value = 81 * 90 / 190
    assert (found["dor"].ci_low, found["dor"].ci_high) == pytest.approx(
        (value * math.exp(-half), value * math.exp(half))
    )
    spread = math.sqrt(0.81 * 0.19 / 100 + 0.1 * 0.9 / 100)
    assert found["youden"].value == pytest.approx(0.71)
    assert found["youden"].ci_high == pytest.approx(0.71 + 1.959963984540054 * spread)
    assert {metric.status for metric in found.values()} == {"ok"}
    assert "dor_haldane" not in found


def test_empty_cells_have_no_bound_but_a_limit():
    found = by_name(calls_of(30, 0, 10, 60))
    assert found["lr_pos"].value == math.inf
    assert (found["lr_pos"].status, found["lr_pos"].ci_high) == ("degenerate", math.inf)
    assert 5 < found["lr_pos"].ci_low < found["dor"].ci_low
    assert found["dor_haldane"].value == pytest.approx(30.5 * 60.5 / (0.5 * 10.5))
    assert found["dor_haldane"].ci_method == "log_woolf_haldane"
    found = by_name(calls_of(40, 20, 0, 40))
    assert (found["lr_neg"].value, found["lr_neg"].ci_low) == (0.0, 0.0)
    assert 0.05 < found["lr_neg"].ci_high < 0.3
    found = by_name(calls_of(0, 5, 20, 30))
    assert (found["lr_pos"].value, found["dor"].value) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("cells", "missing"),
    [((5, 0, 5, 0), "lr_pos"), ((0, 4, 0, 6), "dor"), ((3, 4, 1, 0), "lr_neg"), ((0, 0, 5, 5), "lr_pos")],
)
def test_what_the_data_cannot_answer_is_undefined(cells, missing):
    found = by_name(calls_of(*cells))[missing]
    assert (found.value, found.status) == (None, "undefined")
    assert found.reason


def test_copies_of_a_patient_add_no_certainty(rng):
    truth, called = rng.random(300) < 0.4, rng.random(300) < 0.5
    called |= truth & (rng.random(300) < 0.6)
    plain = by_name(Calls(truth, called, check_clusters(None, 300), 0.95))
    twice = Calls(
        np.tile(truth, 2), np.tile(called, 2), check_clusters(np.tile(np.arange(300), 2), 600), 0.95
    )
    for name, metric in by_name(twice).items():
        width = metric.ci_high - metric.ci_low
        assert metric.value == pytest.approx(plain[name].value)
        assert width == pytest.approx(plain[name].ci_high - plain[name].ci_low, rel=0.01), name


def test_intervals_cover_the_truth(rng):
    """Se 0.8, Sp 0.7 in patients of two alike rows: 95 % of the intervals should hold LR+ of 2.667."""
    hits = 0
    for _ in range(400):
        truth = np.repeat(rng.random(120) < 0.4, 2)
        called = np.where(truth, np.repeat(rng.random(120) < 0.8, 2), np.repeat(rng.random(120) < 0.3, 2))
        metric = by_name(Calls(truth, called, check_clusters(np.arange(240) // 2, 240), 0.95))["lr_pos"]
        hits += metric.ci_low <= 0.8 / 0.3 <= metric.ci_high
    assert 0.92 <= hits / 400 <= 0.98


def test_one_call_for_all_has_exact_limits_not_a_width_of_zero() -> None:
    calls = Calls(np.repeat([True, False], 5), np.ones(10, bool), check_clusters(None, 10), 0.95)
    found = {metric.name: metric for metric in ratio_metrics(calls)}["lr_pos"]
    low = clopper_pearson(5, 5, 0.975).low
    assert (found.value, found.status) == (1.0, "degenerate")
    assert found.ci_low == pytest.approx(low)
    assert found.ci_high == pytest.approx(1 / low)
