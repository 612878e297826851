"""One entry of evaluation.json, for each task, and for sets that cannot be measured."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from sklearn import metrics as reference

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.document import evaluation_document, evaluation_schema
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import choose_operating_points

THRESHOLDED = ["sensitivity", "specificity", "ppv", "npv", "accuracy", "balanced_accuracy", "f1", "mcc"]
SCORED = [
    "auc", "average_precision", "brier", "calibration_intercept", "calibration_slope",
    "expected_over_observed",
]  # fmt: skip


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def cases_of(task, generator, n=240):
    """Labels, probabilities and the arguments that go with them."""
    if task == "multilabel":
        labels = (generator.random((n, 3)) < 0.3).astype(int)
        p = 1 / (1 + np.exp(-generator.normal(size=(n, 3)) - labels))
        return {
            "labels": labels,
            "probabilities": p,
            "classes": ["x", "y", "z"],
            "task": task,
            "positive": None,
        }
    k = 2 if task == "binary" else 4
    labels = generator.integers(0, k, n)
    p = softmax(generator.normal(size=(n, k)) + 1.2 * (labels[:, None] == np.arange(k)))
    names = ["well", "sick"] if task == "binary" else ["a", "b", "c", "d"]
    positive = "sick" if task == "binary" else None
    return {"labels": labels, "probabilities": p, "classes": names, "task": task, "positive": positive}


def evaluated(given, **changes):
    rest = {"clusters": None, "unit": "image", "operating_points": [], "excluded": None, "n_resamples": 200}
    return evaluate_set(**{**given, **rest, **changes})


def check_schema(given, *sets):
    """The set is valid against the published schema, and strict JSON."""
    document = evaluation_document(
        task=given["task"], positive=given["positive"], unit="image", classes=given["classes"],
        sets={f"external:{i}": one for i, one in enumerate(sets)},
    )  # fmt: skip
    written = json.loads(json.dumps(document, allow_nan=False))
    problems = list(Draft202012Validator(evaluation_schema()).iter_errors(written))
    assert [f"{list(p.absolute_path)}: {p.message}" for p in problems] == []


def metric(entry, name, *, point=None, of=None):
    found = [
        m for m in entry["metrics"] if (m["name"], m["operating_point"], m["class"]) == (name, point, of)
    ]
    assert len(found) == 1, (name, point, of, len(found))
    return found[0]


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "ordinal"])
@pytest.mark.parametrize("grouped", [False, True])
def test_every_task_is_valid_against_the_schema(rng, task, grouped):
    given = cases_of(task, rng)
    clusters = np.arange(240) // 3 if grouped else None
    entry = evaluated(given, clusters=clusters)
    other = {key: value for key, value in given.items() if key != "probabilities"}
    worse = given["probabilities"][::-1]
    entry["comparisons"].append(
        compare_models(
            **other, first=given["probabilities"], second=worse, clusters=clusters, n_resamples=200
        )
    )
    check_schema(given, entry)
    assert entry["n_patients"] == (80 if grouped else None)
    names = [(m["name"], m["class"], m["operating_point"]) for m in entry["metrics"]]
    assert len(names) == len(set(names))


def test_schema_refuses_what_is_not_evidence(rng):
    given = cases_of("binary", rng)
    for damage in ({"value": 0.5, "status": "undefined"}, {"ci_low": None}, {"status": "fine"}, {"extra": 1}):
        entry = evaluated(given)
        entry["metrics"][0] |= damage
        with pytest.raises(AssertionError):
            check_schema(given, entry)


def test_binary_values_match_scikit_learn(rng):
    given = cases_of("binary", rng)
    points = choose_operating_points(given["labels"], given["probabilities"][:, 1])
    entry = evaluated(given, operating_points=points, excluded={"unreadable": 3})
    y, p = given["labels"], given["probabilities"][:, 1]
    assert metric(entry, "auc")["value"] == pytest.approx(reference.roc_auc_score(y, p))
    assert metric(entry, "brier")["value"] == pytest.approx(reference.brier_score_loss(y, p))
    for name in SCORED:
        assert metric(entry, name)["ci_low"] is not None
    for point in [*points, {"name": "probability_0.5", "threshold": 0.5}]:
        called = p >= point["threshold"]
        expected = {
            "sensitivity": reference.recall_score(y, called),
            "ppv": reference.precision_score(y, called),
            "accuracy": reference.accuracy_score(y, called),
            "balanced_accuracy": reference.balanced_accuracy_score(y, called),
            "f1": reference.f1_score(y, called),
            "mcc": reference.matthews_corrcoef(y, called),
        }
        for name, value in expected.items():
            found = metric(entry, name, point=point["name"])
            assert found["value"] == pytest.approx(value), (name, point["name"])
            assert found["ci_low"] <= found["value"] <= found["ci_high"]
            assert (found["threshold"], found["n_excluded"]) == (point["threshold"], {"unreadable": 3})
    assert metric(entry, "accuracy", point="youden")["threshold_origin"] == "tuned_on_validation"
    assert metric(entry, "accuracy", point="probability_0.5")["prespecified"] is True


def test_binary_blocks(rng):
    given = cases_of("binary", rng)
    entry = evaluated(given)
    counts = np.array(entry["confusion_matrix"]["counts"])
    assert (counts == reference.confusion_matrix(given["labels"], given["probabilities"][:, 1] >= 0.5)).all()
    assert entry["prevalence"]["value"] == pytest.approx(given["labels"].mean())
    assert entry["n_by_class"] == {
        "well": int((given["labels"] == 0).sum()),
        "sick": int(given["labels"].sum()),
    }
    calibration = entry["calibration"]
    assert sum(b["n"] for b in calibration["bins_equal_mass"]) == 240
    assert calibration["ece_equal_width_10"]["ci_method"] == "bootstrap_percentile_by_cluster"
    assert (entry["subgroups"], entry["comparisons"]) == ([], [])


def test_the_positive_class_may_come_first(rng):
    given = cases_of("binary", rng)
    turned = given | {
        "labels": 1 - given["labels"], "probabilities": given["probabilities"][:, ::-1],
        "classes": ["sick", "well"],
    }  # fmt: skip
    one, other = evaluated(given), evaluated(turned)
    assert one["metrics"] == other["metrics"]
    counts = np.array(one["confusion_matrix"]["counts"])
    assert (np.array(other["confusion_matrix"]["counts"]) == counts[::-1, ::-1]).all()


def test_multiclass_values_match_scikit_learn(rng):
    given = cases_of("multiclass", rng)
    entry = evaluated(given)
    y, p = given["labels"], given["probabilities"]
    called = p.argmax(axis=1)
    expected = {
        "auc_macro": reference.roc_auc_score(y, p, multi_class="ovr"),
        "accuracy": reference.accuracy_score(y, called),
        "balanced_accuracy": reference.balanced_accuracy_score(y, called),
        "f1": reference.f1_score(y, called, average="macro"),
        "mcc": reference.matthews_corrcoef(y, called),
        "brier": ((p - np.eye(4)[y]) ** 2).sum(axis=1).mean(),
    }
    for name, value in expected.items():
        assert metric(entry, name)["value"] == pytest.approx(value), name
    for c, name in enumerate("abcd"):
        assert metric(entry, "auc", of=name)["value"] == pytest.approx(
            reference.roc_auc_score(y == c, p[:, c])
        )
        recall = reference.recall_score(y == c, called == c)
        assert metric(entry, "sensitivity", of=name)["value"] == pytest.approx(recall)
        precision = reference.precision_score(y == c, called == c)
        assert metric(entry, "ppv", of=name)["value"] == pytest.approx(precision)
    assert (np.array(entry["confusion_matrix"]["counts"]) == reference.confusion_matrix(y, called)).all()
    assert [block["class"] for block in entry["calibration"]["per_class"]] == list("abcd")


def test_multiclass_operating_points_cut_their_class(rng):
    given = cases_of("multiclass", rng)
    point = {"name": "b_high", "class": "b", "threshold": 0.4, "origin": "prespecified"}
    entry = evaluated(given, operating_points=[point])
    called = given["probabilities"][:, 1] >= 0.4
    expected = reference.recall_score(given["labels"] == 1, called)
    assert metric(entry, "sensitivity", point="b_high", of="b")["value"] == pytest.approx(expected)


def test_ordinal_adds_what_the_order_brings(rng):
    given = cases_of("ordinal", rng)
    entry = evaluated(given)
    y, p = given["labels"], given["probabilities"]
    expected = reference.cohen_kappa_score(y, p.argmax(axis=1), weights="quadratic")
    assert metric(entry, "quadratic_kappa")["value"] == pytest.approx(expected)
    for cut, name in ((1, ">= b"), (3, ">= d")):
        expected = reference.roc_auc_score(y >= cut, p[:, cut:].sum(axis=1))
        assert metric(entry, "auc_at_cut", of=name)["value"] == pytest.approx(expected)
    expected = np.abs(y - p.argmax(axis=1)).mean()
    assert metric(entry, "mean_absolute_error")["value"] == pytest.approx(expected)


def test_multilabel_measures_each_label(rng):
    given = cases_of("multilabel", rng)
    point = {"name": "youden", "class": "y", "threshold": 0.4, "origin": "tuned_on_validation"}
    entry = evaluated(given, operating_points=[point])
    y, p = given["labels"], given["probabilities"]
    assert metric(entry, "auc_macro")["value"] == pytest.approx(
        reference.roc_auc_score(y, p, average="macro")
    )
    assert metric(entry, "accuracy")["value"] == pytest.approx(reference.accuracy_score(y, p >= 0.5))
    expected = reference.average_precision_score(y[:, 2], p[:, 2])
    assert metric(entry, "average_precision", of="z")["value"] == pytest.approx(expected)
    for name in THRESHOLDED:
        assert metric(entry, name, point="probability_0.5", of="x")["n_units"] == 240
        assert metric(entry, name, point="youden", of="y")["threshold"] == 0.4
    assert entry["confusion_matrix"] is None


def test_copied_images_leave_the_intervals_where_they_were(rng):
    given = cases_of("binary", rng)
    copied = given | {name: np.repeat(given[name], 3, axis=0) for name in ("labels", "probabilities")}
    once, thrice = evaluated(given), evaluated(copied, clusters=np.repeat(np.arange(240), 3))
    assert thrice["n_patients"] == 240
    for name, point in (
        ("auc", None),
        ("brier", None),
        ("accuracy", "probability_0.5"),
        ("mcc", "probability_0.5"),
    ):
        one, three = metric(once, name, point=point), metric(thrice, name, point=point)
        width = one["ci_high"] - one["ci_low"]
        assert three["ci_high"] - three["ci_low"] == pytest.approx(width, rel=0.03), name
        assert three["value"] == pytest.approx(one["value"])


def test_same_seed_same_evidence(rng):
    given = cases_of("binary", rng)
    assert evaluated(given, seed=4) == evaluated(given, seed=4)
    assert evaluated(given, seed=4) != evaluated(given, seed=5)


@pytest.mark.parametrize("clusters", [None, "one"])
@pytest.mark.parametrize(
    ("labels", "p"),
    [
        ([0, 0, 0], [0.1, 0.2, 0.3]),
        ([1, 1, 1, 1], [1, 1, 1, 1]),
        ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]),
        ([0, 0, 1, 1], [0, 0, 1, 1]),
        ([0], [0.3]),
        ([0, 1], [0.9, 0.1]),
    ],
)
def test_sets_that_cannot_be_measured_say_so(labels, p, clusters):
    p = np.array(p, dtype=float)
    given = {
        "labels": labels, "probabilities": np.column_stack([1 - p, p]), "classes": ["well", "sick"],
        "task": "binary", "positive": "sick",
    }  # fmt: skip
    entry = evaluated(given, clusters=None if clusters is None else ["p"] * p.size)
    check_schema(given, entry)
    for found in entry["metrics"]:
        assert found["status"] != "ok", found
        if len(set(labels)) == 1 and found["name"] in ("auc", "balanced_accuracy", "mcc"):
            assert found["value"] is None


@pytest.mark.parametrize("task", ["multiclass", "ordinal"])
def test_an_absent_class_is_reported_not_skipped(task):
    given = {
        "labels": [0, 1, 0], "probabilities": np.full((3, 3), 1 / 3), "classes": ["a", "b", "c"],
        "task": task, "positive": None,
    }  # fmt: skip
    entry = evaluated(given)
    check_schema(given, entry)
    for name in ("auc_macro", "balanced_accuracy"):
        assert metric(entry, name)["status"] == "undefined"
    assert metric(entry, "auc", of="c")["value"] is None
    assert entry["n_by_class"]["c"] == 0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"task": "regression"}, UsageError, "'regression'"),
        ({"positive": None}, UsageError, "positive one"),
        ({"positive": "ill"}, UsageError, "'ill'"),
        ({"classes": ["sick", "sick"]}, UsageError, "distinct class names"),
        ({"labels": [0, 1]}, UsageError, "2 cases x 2 classes"),
        ({"labels": [0, 1, 2]}, DataRefused, "2.0 in row 2"),
        ({"probabilities": [[0.5, 0.5], [0.5, 0.5], [0.5, np.nan]]}, DataRefused, "nan"),
        ({"probabilities": [[0.5, 0.5], [0.5, 0.5], [0.5, 0.6]]}, DataRefused, "row 2 sums to"),
        ({"clusters": ["a", "b"]}, UsageError, "clusters"),
        ({"excluded": {"blurred": -1}}, UsageError, "blurred"),
        ({"level": 95}, UsageError, "level"),
        (
            {
                "operating_points": [
                    {"name": "x", "class": "well", "threshold": 0.5, "origin": "prespecified"}
                ]
            },
            UsageError,
            "cuts 'well', not 'sick'",
        ),
    ],
)
def test_bad_input_is_quoted(change, error, words):
    given = {
        "labels": [0, 1, 1], "probabilities": np.full((3, 2), 0.5), "classes": ["well", "sick"],
        "task": "binary", "positive": "sick",
    }  # fmt: skip
    with pytest.raises(error, match=words):
        evaluated(given, **change)


def test_multilabel_labels_are_zero_or_one():
    given = {
        "labels": [[0, 2], [1, 0]], "probabilities": np.full((2, 2), 0.5), "classes": ["x", "y"],
        "task": "multilabel", "positive": None,
    }  # fmt: skip
    with pytest.raises(DataRefused, match="got 2 in row 0, column 1"):
        evaluated(given)
    with pytest.raises(UsageError, match="one row of 2 labels"):
        evaluated(given | {"labels": [0, 1]})
    point = {"name": "youden", "threshold": 0.4, "origin": "prespecified"}
    with pytest.raises(UsageError, match="must name the class"):
        evaluated(given | {"labels": [[0, 1], [1, 0]]}, operating_points=[point])


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_ten_thousand_cases_take_seconds(rng, task):
    given = cases_of(task, rng, n=10_000)
    start = time.process_time()
    evaluated(given, clusters=np.arange(10_000) // 2, n_resamples=2000)
    assert time.process_time() - start < 5


def test_more_rows_than_patients_need_clusters() -> None:
    given = cases_of("binary", np.random.default_rng(5))
    with pytest.raises(DataRefused, match="240 rows of 120 patients and no clusters"):
        evaluated(given, n_patients=120)
    twice = np.arange(240) // 2
    assert evaluated(given, clusters=twice, n_patients=120)["n_patients"] == 120
    with pytest.raises(DataRefused, match="the clusters hold 120"):
        evaluated(given, clusters=twice, n_patients=100)
    with pytest.raises(DataRefused, match="240 rows of 120 patients are no patients"):
        evaluated(given, clusters=twice, unit="patient")
    with pytest.raises(UsageError, match="what a row is"):
        evaluated(given, unit="")


def test_one_row_a_patient_needs_no_clusters() -> None:
    given = cases_of("binary", np.random.default_rng(5))
    for told in ({"unit": "patient"}, {"n_patients": 240}):
        entry = evaluated(given, **told)
        assert entry["n_patients"] == 240
        assert "clusters.unknown" not in {audit["id"] for audit in entry["audits"]}
