"""Subgroups as a whole: no false alarm in the family, a planted gap found, degenerate columns told."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from thirdeye.errors import UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.evaluation.subgroups import Subgroups, subgroup_evidence

POINT = [{"name": "youden", "threshold": 0.5, "origin": "tuned_on_validation"}]


def drawn(rng: np.random.Generator, n: int = 500) -> dict[str, Any]:
    truth = rng.random(n) < 0.35
    return {"truth": truth, "logit": rng.normal(size=n) + 1.8 * truth - 1.0}


def columns_of(rng: np.random.Generator, n: int = 500) -> dict[str, list[Any]]:
    return {
        "sex": rng.choice(["f", "m"], n).tolist(),
        "age": rng.normal(60, 14, n).round().tolist(),
        "hospital": rng.choice(["a", "b", "c"], n).tolist(),
        "view": rng.choice(["pa", "ap", ""], n).tolist(),
    }


def judged(truth: Any, logit: Any, columns: Any, clusters: Any = None, **more: Any) -> Subgroups:
    scores = 1 / (1 + np.exp(-logit))
    return subgroup_evidence(
        labels=truth.astype(int), probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", clusters=clusters, columns=columns, operating_points=POINT, **more,
    )  # fmt: skip


def test_no_false_alarm_where_there_is_no_gap() -> None:
    """20 studies: more than 4 alarms would have a chance of 1 in 400 at the promised 5 %."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(20):
        found = judged(**drawn(rng), columns=columns_of(rng))
        alarms += any(one["outcome"] == "gap_shown" for one in found.attributes)
    assert alarms <= 4


def test_planted_gap_is_found_where_it_is() -> None:
    rng = np.random.default_rng(2)
    case, columns = drawn(rng, 800), columns_of(rng, 800)
    women = np.asarray(columns["sex"]) == "f"
    case["logit"][women & case["truth"]] -= 1.5
    found = {one["column"]: one for one in judged(**case, columns=columns).attributes}
    assert found["sex"]["outcome"] == "gap_shown"
    assert "female" in found["sex"]["verdict"] or "male" in found["sex"]["verdict"]
    assert found["hospital"]["outcome"] == found["view"]["outcome"] == "no_gap_shown"
    assert "could have seen" in found["hospital"]["verdict"]
    gap = next(g for g in found["sex"]["gaps"] if g["name"] == "sensitivity")
    assert gap["term"] == "equal opportunity difference"
    assert gap["p_adjusted"] <= 0.05
    assert gap["detectable"] > gap["half_width"] > 0


def test_levels_have_every_measure() -> None:
    rng = np.random.default_rng(2)
    found = judged(**drawn(rng), columns={"sex": rng.choice(["f", "m", None], 500).tolist()})
    attribute = found.attributes[0]
    assert {level["value"] for level in attribute["levels"]} == {"female", "male", "not recorded"}
    for level in attribute["levels"]:
        assert level["events"] + level["non_events"] == level["n"]
        names = [metric["name"] for metric in level["metrics"]]
        assert names == [
            "prevalence", "auc", "observed_over_expected", "sensitivity", "specificity", "ppv", "npv",
            "selection_rate",
        ]  # fmt: skip
    terms = {one["term"] for one in attribute["largest_gaps"]}
    assert {
        "equal opportunity difference", "false-positive-rate gap", "equalised odds difference",
        "demographic parity difference", "predictive parity difference", "calibration gap", "auc gap",
    } <= terms  # fmt: skip


def test_degenerate_columns_are_told() -> None:
    rng = np.random.default_rng(3)
    case = drawn(rng, 200)
    columns = {
        "constant": ["x"] * 200,
        "empty": [None] * 200,
        "identifier": list(range(200)),
        "code": [f"c{i}" for i in range(200)],
        "diagnosis_text": np.where(case["truth"], "cancer", "benign").tolist(),
        "age": [float("nan")] * 150 + [50.0] * 50,
    }
    found = judged(**case, columns=columns)
    reasons = {one["column"]: one["reason"] for one in found.left_out}
    assert set(reasons) >= {"constant", "empty", "code", "diagnosis_text"}
    assert "tells the label" in reasons["diagnosis_text"]
    ages = next(one for one in found.attributes if one["column"] == "age")
    assert [level["value"] for level in ages["levels"]] == ["40 to under 65", "not recorded"]


def test_studies_of_one_patient_are_no_groups() -> None:
    rng = np.random.default_rng(8)
    case = drawn(rng, 200)
    columns = {"study": [f"1.2.{i // 20}" for i in range(200)]}
    found = judged(**case, columns=columns, clusters=np.arange(200) // 20)
    assert found.attributes == ()
    assert "of one patient" in found.left_out[0]["reason"]


def test_one_class_inside_a_level() -> None:
    rng = np.random.default_rng(4)
    case = drawn(rng, 300)
    site = np.where(case["truth"], rng.choice(["a", "b"], 300), "b")
    found = judged(**case, columns={"site": site.tolist()})
    levels = {level["value"]: level for level in found.attributes[0]["levels"]}
    area = next(metric for metric in levels["a"]["metrics"] if metric["name"] == "auc")
    assert area["status"] == "undefined"
    assert area["value"] is None
    assert levels["a"]["status"] == "unstable"
    assert levels["a"]["non_events"] == 0


def test_asked_columns() -> None:
    rng = np.random.default_rng(5)
    case = drawn(rng, 300)
    columns = {"dose": rng.random(300).tolist(), "sex": rng.choice(["f", "m"], 300).tolist()}
    found = judged(**case, columns=columns, asked=["dose"])
    assert next(one["column"] for one in found.attributes) == "dose"
    assert len(found.attributes[0]["cut_points"]) == 3
    with pytest.raises(UsageError, match="no column 'colour'"):
        judged(**case, columns=columns, asked=["colour"])
    with pytest.raises(UsageError, match="one value for each of 300"):
        judged(**case, columns={"sex": ["f"]})


@pytest.mark.parametrize("task", ["multiclass", "ordinal", "multilabel"])
def test_other_tasks(task: str) -> None:
    rng = np.random.default_rng(6)
    n, names = 400, ["a", "b", "c"]
    sex = rng.choice(["f", "m"], n)
    if task == "multilabel":
        labels = (rng.random((n, 3)) < 0.4).astype(int)
        probabilities = 1 / (1 + np.exp(-(rng.normal(size=(n, 3)) + 2 * labels - 1)))
    else:
        labels = rng.integers(0, 3, n)
        logits = rng.normal(size=(n, 3)) + 2.5 * np.eye(3)[labels] * np.where(sex == "f", 0.0, 1.0)[:, None]
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = subgroup_evidence(
        labels=labels, probabilities=probabilities, classes=names, task=task, positive=None, clusters=None,
        columns={"sex": sex.tolist()},
    )  # fmt: skip
    attribute = found.attributes[0]
    assert attribute["outcome"] == ("no_gap_shown" if task == "multilabel" else "gap_shown")
    tested = {gap["name"] for gap in attribute["gaps"] if gap["p_value"] is not None}
    assert "auc_macro" in tested
    assert ("balanced_accuracy" in tested) == (task != "multilabel")


def test_patients_in_several_groups() -> None:
    rng = np.random.default_rng(7)
    truth = np.repeat(rng.random(200) < 0.4, 2)
    logit = np.repeat(rng.normal(size=200), 2) + 0.3 * rng.normal(size=400) + 1.5 * truth - 0.7
    found = judged(truth, logit, {"laterality": ["L", "R"] * 200}, clusters=np.repeat(np.arange(200), 2))
    gaps = {gap["name"]: gap for gap in found.attributes[0]["gaps"]}
    assert gaps["auc"]["difference"]["ci_method"] == "clustered_difference_t"
    assert gaps["auc"]["half_width"] < 0.05


@pytest.mark.data
def test_published_gaps(known: Any) -> None:
    """Gaps of the reference (R, pROC), named by the field's terms."""
    case, columns = known["subgroups.fairness"]["value"], known.columns("subgroups.fairness")
    label = next(name for name in columns if set(np.unique(columns[name])) == {0.0, 1.0})
    group = next(name for name in columns if columns[name].dtype.kind == "U")
    scores = columns["score"]
    found = subgroup_evidence(
        labels=columns[label].astype(int), probabilities=np.column_stack([1 - scores, scores]),
        classes=["no", "yes"], task="binary", positive="yes", clusters=None,
        columns={group: columns[group].tolist()}, operating_points=POINT,
    )  # fmt: skip
    attribute = found.attributes[0]
    gaps = {one["term"]: one["difference"]["value"] for one in attribute["gaps"]}
    largest = {one["term"]: one["difference"]["value"] for one in attribute["largest_gaps"]}
    assert gaps["equal opportunity difference"] == pytest.approx(case["tpr_gap"], rel=1e-9)
    assert abs(gaps["false-positive-rate gap"]) == pytest.approx(case["fpr_gap"], rel=1e-9)
    assert gaps["demographic parity difference"] == pytest.approx(case["demographic_parity_diff"], rel=1e-9)
    assert gaps["auc gap"] == pytest.approx(case["auc_gap"], rel=1e-9)
    assert largest["equalised odds difference"] == pytest.approx(case["equalized_odds_diff"], rel=1e-9)
    for level in attribute["levels"]:
        expected, metrics = case[level["value"]], {metric["name"]: metric for metric in level["metrics"]}
        assert level["n"] == expected["n"]
        for name, key in (("sensitivity", "sens"), ("specificity", "spec"), ("ppv", "ppv"), ("auc", "auc")):
            assert metrics[name]["value"] == pytest.approx(expected[key], rel=1e-9)
        assert metrics["selection_rate"]["value"] == pytest.approx(expected["selection_rate"], rel=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "ordinal"])
def test_degenerate_input_gives_a_status_and_valid_json(task: str) -> None:
    """One case, one class, constant or extreme probabilities, columns of any type."""
    schema = evaluation_schema()
    check = Draft202012Validator({"$ref": "#/$defs/attribute", "$defs": schema["$defs"]})
    rng = np.random.default_rng(9)
    k = 2 if task == "binary" else 4
    names = [f"c{i}" for i in range(k)]
    for n in (1, 2, 20, 60):
        for extreme in (False, True):
            labels = rng.integers(0, k, n) if n != 20 else np.full(n, 1)
            rows = np.eye(k)[rng.integers(0, k, n)] if extreme else np.full((n, k), 1 / k)
            found = subgroup_evidence(
                labels=np.eye(k, dtype=int)[labels] if task == "multilabel" else labels, probabilities=rows,
                classes=names, task=task, positive="c1" if task == "binary" else None,
                clusters=rng.integers(0, max(1, n // 3), n) if extreme else None,
                columns={
                    "sex": rng.choice(["f", "m", None, ""], n).tolist(),
                    "age": rng.choice([np.nan, 20.0, 50.0], n).tolist(),
                    "mixed": [object() if i % 9 == 0 else i % 3 for i in range(n)],
                    "pair": [(1, 2)] * n,
                    "endless": [float("inf")] * n,
                    "number": list(range(n)),
                },
                operating_points=[POINT[0] | {"threshold": 0.0}] if task == "binary" else [],
            )  # fmt: skip
            for attribute in found.attributes:
                check.validate(json.loads(json.dumps(attribute, allow_nan=False)))
