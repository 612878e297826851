"""Where a prevalence is stated, predictive values are those at it, and the set's own are not given."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.confusion import predictive_values
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import cost_point


def entry_of(rng, *, task="binary", **changes):
    y = rng.integers(0, 2, 200)
    p = 1 / (1 + np.exp(-rng.normal(size=200) - 2 * y + 1))
    given = {
        "labels": y, "probabilities": np.column_stack([1 - p, p]), "classes": ["well", "sick"], "task": task,
        "positive": "sick" if task == "binary" else None, "clusters": np.arange(200) // 2, "unit": "image",
        "operating_points": [], "excluded": None, "n_resamples": 50,
    }  # fmt: skip
    return evaluate_set(**{**given, **changes})


def values(entry, name):
    return [metric for metric in entry["metrics"] if metric["name"] == name]


def test_predictive_values_follow_the_stated_prevalence(rng) -> None:
    entry = entry_of(rng, prevalences=(0.02, 0.1))
    (sens,), (spec,) = values(entry, "sensitivity"), values(entry, "specificity")
    told = predictive_values(sens["value"], spec["value"], prevalence=0.02)
    for name, expected in zip(("ppv", "npv"), told, strict=True):
        (metric,) = values(entry, name)
        assert metric["value"] == pytest.approx(expected)
        assert metric["ci_low"] < expected < metric["ci_high"]
        assert metric["details"]["prevalence"] == 0.02
        assert "not that of the set" in metric["convention"]
    assert entry["predictive_values"]["headline"] == "stated"
    curves = entry["decision_curve"]["curves"]
    assert [curve["prevalence_origin"] for curve in curves] == ["set", "stated", "stated"]


def test_without_one_they_are_those_of_the_set(rng) -> None:
    entry = entry_of(rng)
    (ppv,) = values(entry, "ppv")
    assert ppv["ci_method"].startswith(("wilson", "clustered"))
    assert entry["predictive_values"]["headline"] == "set"


def test_a_point_from_costs_is_measured_like_any_other(rng) -> None:
    entry = entry_of(rng, operating_points=[cost_point(9)])
    named = {metric["name"] for metric in entry["metrics"] if metric["operating_point"] == "cost_ratio_9"}
    assert {"sensitivity", "lr_pos", "lr_neg", "net_benefit", "youden"} <= named


def test_only_a_yes_or_no_question_has_a_prevalence(rng) -> None:
    with pytest.raises(UsageError, match="yes-or-no"):
        entry_of(rng, task="multiclass", prevalences=(0.1,))
