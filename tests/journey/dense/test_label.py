"""A mask and a label for the same cases: learnt together, the label with all that a classification has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import write_mask_phantoms
from thirdeye.journey.planning import plan
from thirdeye.journey.reporting import report
from thirdeye.journey.training import train
from thirdeye.journey.validating import validate

pytestmark = pytest.mark.slow
TINY = {"rounds": 1, "width": 4, "batch_size": 2, "members": 1, "folds": 2}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("both")
    data = write_mask_phantoms(place / "data", cases=60, seed=3, labelled=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thirdeye.journey.dense.planning._speed", lambda plan: 1e6)
        patch.setattr("thirdeye.journey.dense.rivalry.LEAST_S", 0.3)
        patch.setenv("OMP_NUM_THREADS", "1")
        plan(data, out=place / "study", budget="1m", overrides=TINY, task="segmentation")
        train(place / "study")
        validate(place / "study")
        report(place / "study")
    return place / "study"


def _label(study: Path) -> dict[str, Any]:
    label: dict[str, Any] = Study(study).read_json("evaluation.json")["sets"]["test"]["label"]
    return label


def test_the_label_is_compared_with_the_traditional_technique(study: Path) -> None:
    (compared,) = _label(study)["comparisons"]
    assert (compared["kind"], compared["n"]) == ("traditional", _label(study)["n"])
    assert "hand-crafted features" in compared["description"]
    assert compared["measures"]


def test_both_say_something_of_the_same_test_cases(study: Path) -> None:
    table = pd.read_csv(study / "label_predictions.csv")
    test = table[table["split"] == "test"]
    cases = {source: list(rows["case"]) for source, rows in test.groupby("source")}
    assert set(cases) == {"network", "traditional"}
    assert cases["network"] == cases["traditional"]
    assert len(cases["network"]) == _label(study)["n"]
    columns = [name for name in table if str(name).startswith("probability_")]
    assert table[columns].sum(axis=1).tolist() == pytest.approx([1] * len(table), abs=1e-4)


def test_the_label_has_the_usual_evidence(study: Path) -> None:
    label = _label(study)
    assert {"auc", "brier", "sensitivity"} <= {metric["name"] for metric in label["metrics"]}
    assert label["operating_points"]
    assert "subgroups" in label


def test_the_report_shows_the_comparison_of_the_label(study: Path) -> None:
    page = (study / "report.html").read_text(encoding="utf-8")
    assert 'id="label-versus"' in page
    assert "The label: against the traditional technique" in page


def test_the_label_of_masks_from_elsewhere(study: Path, tmp_path: Path) -> None:
    there = write_mask_phantoms(tmp_path / "there", cases=12, seed=99, labelled=True)
    table = (there / "cases.csv").read_text().replace("malignant", "Malignant")
    (there / "cases.csv").write_text(table)
    entry = validate(study, on=there).evidence["sets"]["external:there"]
    label = entry["label"]
    assert (label["n"], label["positive"]) == (12, "malignant")
    assert {"auc", "brier", "sensitivity"} <= {metric["name"] for metric in label["metrics"]}
    assert [one["kind"] for one in label["comparisons"]] == ["traditional"]
    told = pd.read_csv(study / "external/there/label_predictions.csv")
    assert dict(told.groupby("source").size()) == {"network": 12, "traditional": 12}
    assert set(told["split"]) == {"external:there"}
    assert sorted(told["label"][:12]) == sorted(line.split(",")[2].lower() for line in table.split()[1:])
    report(study)
