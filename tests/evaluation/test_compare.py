"""Two models on the same cases: the numbers and the sentence."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import auc_statistic
from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.multiplicity import adjusted
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.evaluation.paired import paired_auc
from thirdeye.evaluation.paired_measures import bootstrap_p


def softmax_reader(generator, labels, k, signal):
    logits = generator.normal(size=(labels.size, k)) + signal * (labels[:, None] == np.arange(k))
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


@pytest.fixture
def binary(rng):
    labels = rng.integers(0, 2, 300)
    return {
        "labels": labels, "classes": ["well", "sick"], "task": "binary", "positive": "sick", "clusters": None,
        "first": softmax_reader(rng, labels, 2, 1.6), "second": softmax_reader(rng, labels, 2, 0.6),
    }  # fmt: skip


@pytest.fixture
def many(rng):
    labels = rng.integers(0, 4, 400)
    return {
        "labels": labels, "classes": list("abcd"), "task": "multiclass", "positive": None,
        "clusters": np.arange(400) // 2, "first": softmax_reader(rng, labels, 4, 1.5),
        "second": softmax_reader(rng, labels, 4, 1.4),
    }  # fmt: skip


def measure(result, name, point=None, of=None):
    (found,) = (
        m for m in result["measures"] if (m["name"], m["operating_point"], m["class"]) == (name, point, of)
    )
    return found


def test_a_better_network_is_said_to_be_better(binary):
    result = compare_models(**binary)
    expected = paired_auc(binary["labels"], binary["first"][:, 1], binary["second"][:, 1])
    found = measure(result, "auc")
    assert (result["outcome"], result["primary"]) == ("better", "auc")
    assert found["p_value"] == pytest.approx(expected.p_value)
    assert found["difference"]["ci_low"] == pytest.approx(expected.ci_low)
    assert found["first"]["value"] - found["second"]["value"] == pytest.approx(found["difference"]["value"])
    assert result["verdict"].startswith("The network beats the traditional technique: AUC 0.")


def test_a_worse_network_must_say_so(binary):
    swapped = binary | {"first": binary["second"], "second": binary["first"]}
    result = compare_models(**swapped)
    assert result["outcome"] == "worse"
    opening = "The network does not beat the traditional technique; the traditional technique is better"
    assert result["verdict"].startswith(opening)


def test_equal_models_do_not_beat_each_other(binary):
    result = compare_models(**binary | {"second": binary["first"]})
    assert result["outcome"] == "not_better"
    assert "without an interval" in result["verdict"]
    assert measure(result, "auc")["difference"]["status"] == "degenerate"


def test_names_are_the_callers(binary):
    assert compare_models(**binary, names=("reader", "nomogram"))["verdict"].startswith(
        "The reader beats the nomogram"
    )


def test_each_model_uses_its_own_threshold(binary):
    points = [choose_operating_points(binary["labels"], binary[name][:, 1]) for name in ("first", "second")]
    result = compare_models(**binary, first_points=points[0], second_points=points[1])
    found = measure(result, "sensitivity", "sensitivity_95")
    for which, own in zip(("first", "second"), points, strict=True):
        threshold = own[1]["threshold"]
        assert found[which]["threshold"] == threshold
        called = binary[which][:, 1] >= threshold
        assert found[which]["value"] == pytest.approx(called[binary["labels"] == 1].mean())
    assert found["difference"]["ci_method"] == "tango"
    assert {m["operating_point"] for m in result["measures"]} == {
        None, "youden", "sensitivity_95", "specificity_95", "probability_0.5",
    }  # fmt: skip


def test_patients_change_the_tests(binary):
    result = compare_models(**binary | {"clusters": np.arange(300) // 3})
    assert measure(result, "auc")["test"] == "obuchowski_1997_paired_z"
    assert measure(result, "accuracy", "probability_0.5")["test"] == "clustered_ratio_estimator_z"


def test_macro_difference_agrees_with_a_bootstrap_by_patient(many):
    groups = check_clusters(many["clusters"], 400)
    statistics = [
        auc_statistic(many["labels"] == c, many[which][:, c], groups)
        for which in ("first", "second")
        for c in range(4)
    ]
    draws = np.array(resample(statistics, groups.count, n_resamples=2000, seed=9))[:, :, 0]
    gaps = draws[:4].mean(axis=0) - draws[4:].mean(axis=0)
    found = measure(compare_models(**many), "auc_macro")["difference"]
    half = (found["ci_high"] - found["ci_low"]) / 2 / 1.959963984540054
    assert half == pytest.approx(gaps.std(ddof=1), rel=0.08)
    assert found["ci_method"] == "delta_method_delong_components_paired"


def test_many_classes_are_compared_class_by_class(many):
    result = compare_models(**many)
    assert result["primary"] == "auc_macro"
    assert measure(result, "auc", of="c")["difference"]["n"] == 400
    balanced = measure(result, "balanced_accuracy")
    assert balanced["test"] == "bootstrap_percentile_by_cluster"
    assert (
        balanced["difference"]["ci_low"] < balanced["difference"]["value"] < balanced["difference"]["ci_high"]
    )
    ordinal = compare_models(**many | {"task": "ordinal"})
    assert measure(ordinal, "quadratic_kappa")["p_value"] is not None


def test_one_class_cannot_be_compared(binary):
    result = compare_models(**binary | {"labels": np.zeros(300, dtype=int)})
    assert result["outcome"] == "undetermined"
    assert "cannot be compared" in result["verdict"]
    assert measure(result, "auc")["difference"]["value"] is None
    assert measure(result, "sensitivity", "probability_0.5")["difference"]["value"] is None


def test_complete_separation_has_no_test(binary):
    labels = np.array([0, 0, 1, 1])
    p = np.array([0.1, 0.2, 0.8, 0.9])
    result = compare_models(
        **binary | {"labels": labels, "first": np.c_[1 - p, p], "second": np.c_[p, 1 - p]}
    )
    assert result["outcome"] == "undetermined"
    assert result["verdict"].startswith("The network has not been shown to beat")


def test_bootstrap_p_counts_both_sides_and_is_never_zero():
    assert bootstrap_p(np.r_[np.full(975, 1.0), np.full(24, -1.0)]) == pytest.approx(0.05)
    assert bootstrap_p(np.ones(999)) == pytest.approx(2 / 1000)
    assert bootstrap_p(np.zeros(999)) == 1


def test_only_the_primary_measure_when_asked_and_holm_over_several() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(80) % 2
    entries = []
    for strength in (0.1, 1.0, 3.0):
        tables = [random.normal(size=80) + strength * labels, random.normal(size=80)]
        first, second = (np.column_stack([1 - p, p]) for p in (1 / (1 + np.exp(-x)) for x in tables))
        entries.append(
            compare_models(
                labels=labels, first=first, second=second, classes=["no", "yes"], task="binary",
                positive="yes", clusters=None, only_primary=True,
            )
        )  # fmt: skip
    assert all([measure["name"] for measure in entry["measures"]] == ["auc"] for entry in entries)
    found = with_adjusted(entries)
    p = [entry["measures"][0]["p_value"] for entry in entries]
    np.testing.assert_allclose([entry["p_adjusted"] for entry in found], adjusted(p, "holm"))
    assert {entry["adjusted_over"] for entry in found} == {3}
    assert with_adjusted([]) == []


def test_a_comparison_without_p_does_not_count() -> None:
    blank = {"measures": [{"p_value": None}]}
    found = with_adjusted([blank, {"measures": [{"p_value": 0.03}]}])
    assert [entry["p_adjusted"] for entry in found] == [None, 0.03]
    assert found[0]["adjusted_over"] == 1
