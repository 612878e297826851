from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.likelihood_ratio import Calls
from thirdeye.evaluation.predictive_value import (
    adjusted_headline,
    check_prevalence,
    predictive_block,
    predictive_metrics,
)
from thirdeye.evaluation.threshold import half


def calls_of(tp, fp, fn, tn):
    truth = np.repeat([True, False, True, False], [tp, fp, fn, tn])
    called = np.repeat([True, True, False, False], [tp, fp, fn, tn])
    return Calls(truth, called, check_clusters(None, truth.size), 0.95)


def test_values_and_limits_by_bayes():
    """Se 0.9, Sp 0.8 at 1 %: 0.009 / (0.009 + 0.198); the limits are Mercaldo's, on the logit."""
    ppv, npv = predictive_metrics(calls_of(90, 20, 10, 80), 0.01)
    assert ppv.value == pytest.approx(0.009 / 0.207)
    assert npv.value == pytest.approx(0.792 / 0.793)
    variance = (0.1 / 0.9) / 100 + (0.8 / 0.2) / 100
    odds = np.exp(np.log(0.009 / 0.198) + 1.959963984540054 * np.sqrt(variance) * np.array([-1, 1]))
    assert (ppv.ci_low, ppv.ci_high) == pytest.approx(tuple(odds / (1 + odds)))
    variance = (0.9 / 0.1) / 100 + (0.2 / 0.8) / 100
    odds = np.exp(np.log(0.792 / 0.001) + 1.959963984540054 * np.sqrt(variance) * np.array([-1, 1]))
    assert (npv.ci_low, npv.ci_high) == pytest.approx(tuple(odds / (1 + odds)))
    assert ppv.details == {"prevalence": 0.01, "prevalence_origin": "stated"}
    assert "1 %" in ppv.convention


def test_at_the_prevalence_of_the_set_it_is_the_plain_value():
    ppv, npv = predictive_metrics(calls_of(30, 12, 10, 60), 40 / 112)
    assert (ppv.value, npv.value) == pytest.approx((30 / 42, 60 / 70))


def test_empty_cells():
    ppv, npv = predictive_metrics(calls_of(20, 0, 10, 50), 0.05)
    assert (ppv.value, ppv.ci_high, ppv.status) == (1.0, 1.0, "degenerate")
    assert 0 < ppv.ci_low < 1
    assert npv.status == "unstable"
    ppv, npv = predictive_metrics(calls_of(0, 0, 10, 50), 0.05)
    assert ppv.status == "undefined"
    assert npv.value == pytest.approx(0.95)
    assert {metric.status for metric in predictive_metrics(calls_of(5, 0, 5, 0), 0.05)} == {"undefined"}
    _, npv = predictive_metrics(calls_of(8, 9, 2, 0), 0.05)
    assert (npv.value, npv.status) == (0.0, "degenerate")


def test_block_names_the_headline():
    calls = calls_of(90, 20, 10, 80)
    block = predictive_block([(half(), calls)], of_set=0.5, stated=(0.03,))
    assert (block["headline"], block["stated"], block["prevalence_of_set"]) == ("stated", [0.03], 0.5)
    first = block["metrics"][0]
    assert (first["name"], first["operating_point"]) == ("ppv_at_prevalence", "probability_0.5")
    assert first["details"]["prevalence_origin"] == "stated"
    (curve,) = block["curves"]
    assert np.all(np.diff(curve["ppv"]) > 0)
    assert np.all(np.diff(curve["npv"]) < 0)
    limits = zip(*(curve[name] for name in ("npv_low", "npv", "npv_high")), strict=True)
    assert all(low <= value <= high for low, value, high in limits)
    assert [metric.name for metric in adjusted_headline(calls, 0.03)] == ["ppv", "npv"]


@pytest.mark.parametrize("wrong", [0, 1, -0.1, 5, True])
def test_impossible_prevalence_is_refused(wrong):
    with pytest.raises(UsageError, match="between 0 and 1"):
        check_prevalence(wrong)
