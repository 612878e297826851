"""`validate`: the evidence, from rows that nothing learnt from, each look counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sklearn.metrics import roc_auc_score

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.journey.results import Validated
from thirdeye.journey.validating import validate

pytestmark = pytest.mark.usefixtures("known_machine")
PROBABILITIES = ["probability_healthy", "probability_malignant"]


@pytest.fixture(scope="module")
def evidence(finished: Path) -> Validated:
    content = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    return Validated(finished / "study", content)


@pytest.fixture(scope="module")
def predictions(finished: Path) -> pd.DataFrame:
    return pd.read_csv(finished / "study" / "predictions.csv", keep_default_na=False)


def test_the_evidence_fits_its_schema(evidence: Validated) -> None:
    Draft202012Validator(evaluation_schema()).validate(evidence.evidence)


def test_every_case_is_predicted_once_by_each_source(finished: Path, predictions: pd.DataFrame) -> None:
    dataset = pd.read_csv(finished / "study" / "dataset.csv", keep_default_na=False)
    for source in ("network", "traditional"):
        for split, parts in (("test", ["test"]), ("validation", ["train", "validation"])):
            rows = predictions[(predictions["source"] == source) & (predictions["split"] == split)]
            expected = dataset[dataset["split"].isin(parts)]
            assert rows["case"].tolist() == expected["case"].tolist()
            assert rows["label"].tolist() == expected["label"].tolist()
            assert rows["patient"].tolist() == expected["patient"].tolist()
    sums = predictions[PROBABILITIES].sum(axis=1)
    assert np.allclose(sums, 1, atol=1e-5)


@pytest.mark.parametrize("part", ["test", "validation"])
def test_the_figures_are_those_of_the_predictions(
    evidence: Validated, predictions: pd.DataFrame, part: str
) -> None:
    rows = predictions[(predictions["source"] == "network") & (predictions["split"] == part)]
    expected = roc_auc_score(rows["label"] == "malignant", rows["probability_malignant"])
    found = evidence.metric("auc", part=part)
    assert found["value"] == pytest.approx(expected)
    assert found["n"] == len(rows)
    assert found["n_clusters"] == rows["patient"].nunique()
    point = next(p for p in evidence.evidence["sets"][part]["operating_points"] if p["name"] == "youden")
    positive = rows["probability_malignant"] >= point["threshold"] - 1e-6
    sensitivity = evidence.metric("sensitivity", part=part, operating_point="youden")["value"]
    assert sensitivity == pytest.approx(positive[rows["label"] == "malignant"].mean())


def test_the_test_part_is_read_as_new_cases_are(finished: Path, predictions: pd.DataFrame) -> None:
    """What `thirdeye read` says of a test image is what the evidence is about."""
    reader = SecondReader.load(finished / "study", threads=1)
    rows = predictions[(predictions["source"] == "network") & (predictions["split"] == "test")]
    dataset = pd.read_csv(finished / "study" / "dataset.csv", keep_default_na=False).set_index("case")
    for row in rows.itertuples():
        path = finished / "data" / str(dataset.loc[row.case, "image"])
        opinion = reader.read(path)
        if opinion.abstained is None:
            assert opinion.probabilities["malignant"] == pytest.approx(row.probability_malignant, abs=2e-5)


def test_the_traditional_technique_is_compared_on_the_same_cases(evidence: Validated) -> None:
    for part in evidence.evidence["sets"].values():
        first, *further = part["comparisons"]
        assert first["kind"] == "traditional"
        assert "p_adjusted" not in first  # the one question that was fixed beforehand
        assert {"learner", "simple"} <= {comparison["kind"] for comparison in further}
        for comparison in (first, *further):
            assert comparison["description"]
            assert comparison["verdict"]
            assert comparison["n"] == part["n"]


def test_what_the_traditional_technique_used_is_told(evidence: Validated) -> None:
    told = evidence.evidence["traditional"]
    assert told["n_features"] == sum(entry["n_features"] for entry in told["importance"])
    assert sum(entry["n_folds"] for entry in told["chosen"]) == 2 * 3  # folds by members of the committee
    assert {"learner:logistic", "simple"} <= {entry["source"] for entry in told["techniques"]}


def test_every_source_is_in_the_predictions(predictions: pd.DataFrame) -> None:
    counts = predictions.groupby(["split", "source"]).size().unstack()
    assert {"network", "traditional", "combined", "learner:logistic", "simple"} <= set(counts.columns)
    assert (counts.nunique(axis=1) == 1).all()


def test_each_further_look_is_counted(
    place: Path, differences: Callable[[dict[str, Any], dict[str, Any]], list[str]]
) -> None:
    first = json.loads((place / "study" / "evaluation.json").read_text(encoding="utf-8"))
    with pytest.raises(UsageError, match=r"was looked at 1 time already .* with --reason"):
        validate(place / "study")
    predicted = (place / "study" / "predictions.csv").read_bytes()
    second = validate(place / "study", reason="a test").evidence
    assert [first["test_looks"], second["test_looks"]] == [1, 2]
    assert differences(first, second) == []  # a further look changes what is said of looks, and nothing else
    assert (place / "study" / "predictions.csv").read_bytes() == predicted


def test_an_untrained_study(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    with pytest.raises(StudyMismatch, match="has not been through 'plan' yet"):
        validate(tmp_path / "study")


def test_a_plan_changed_after_training(place: Path) -> None:
    study = Study(place / "study")
    form = study.read_json("plan.json")
    form["values"]["epochs"]["value"] = 7
    study.write_json("plan.json", form)
    with pytest.raises(StudyMismatch, match="was changed since 'train'; run 'train' again"):
        validate(study.folder)
    assert study.read_json("evaluation.json")["test_looks"] == 1
