"""The sentence follows the interval, not the point estimate."""

from __future__ import annotations

import pytest

from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import PairedDifference
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.verdict import verdict


def said(low, high, *, p=0.04):
    metric = Metric(name="auc", value=0.9, n=100)
    result = PairedDifference(
        first=0.9, second=0.85, difference=0.05, ci_low=low, ci_high=high, p_value=p, n=100, n_clusters=90
    )
    return verdict(Measured(metric, metric, result), names=("network", "baseline"), level=0.95)


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.01, 0.09, "better"),
        (-0.01, 0.11, "not_better"),
        (-0.09, -0.01, "worse"),
        (None, None, "undetermined"),
    ],
)
def test_outcome(low, high, outcome):
    assert said(low, high)["outcome"] == outcome


def test_sentence_holds_values_interval_p_and_n():
    assert said(0.01, 0.09)["verdict"] == (
        "The network beats the baseline: AUC 0.900 against 0.850, difference +0.050 "
        "(95 % interval +0.010 to +0.090, p = 0.040, n = 100)."
    )
    assert "p < 0.001" in said(0.01, 0.09, p=1e-9)["verdict"]
    assert "p = 0.42" in said(0.01, 0.09, p=0.42)["verdict"]
