import json
import shutil
from pathlib import Path

import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.journey.shaped.running import run_system
from thirdeye.recipes.recipe import Recipe


def evidence_of(study: Path) -> dict:
    return json.loads((study / "evaluation.json").read_text(encoding="utf-8"))


def test_ends_in_ordinary_evidence_and_report(toy_study: Path) -> None:
    import jsonschema

    evidence = evidence_of(toy_study)
    jsonschema.validate(evidence, evaluation_schema())
    auc = next(one for one in evidence["sets"]["test"]["metrics"] if one["name"] == "auc")
    assert auc["ci_low"] > 0.5
    assert evidence["unit"] == "patient"
    assert evidence["test_looks"] == 1
    kinds = [one["kind"] for one in evidence["sets"]["test"]["comparisons"]]
    assert kinds == ["traditional", "part", "clinical"]
    page = (toy_study / "report.html").read_text(encoding="utf-8")
    assert "More of Toy" in page
    assert "be told from “0” in these cases?" in page
    assert "no further checks were made" in page
    assert "It is a toy." in page
    assert "model without the second number" in page
    assert (toy_study / "report.pdf").read_bytes()[:5] == b"%PDF-"


def test_every_file_is_entered_in_the_ledger(toy_study: Path) -> None:
    stages = json.loads((toy_study / "provenance.json").read_text(encoding="utf-8"))["stages"]
    assert list(stages) == ["plan", "train", "validate", "report"]
    entered = {name for one in stages.values() for name in one["outputs"]}
    there = {path.relative_to(toy_study).as_posix() for path in toy_study.rglob("*") if path.is_file()}
    assert there - entered <= {"provenance.json", "looks.jsonl", ".lock"}


def written(study: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in study.rglob("*.*") if path.name != ".lock"}


def test_goes_on_where_it_was_stopped(toy: Recipe, numbers: Path, toy_study: Path, tmp_path: Path) -> None:
    shutil.copytree(toy_study, tmp_path / "s")
    before = written(tmp_path / "s")
    again = run_system(toy, numbers, tmp_path / "s", budget="40s")
    assert written(tmp_path / "s") == before
    assert again.evidence["test_looks"] == 1
    (tmp_path / "s" / "model" / "member_0.npz").write_bytes(b"edited")
    with pytest.raises(StudyMismatch, match="member_0"):
        run_system(toy, numbers, tmp_path / "s", budget="40s")


def test_refuses_a_folder_of_other_values(toy: Recipe, numbers: Path, toy_study: Path) -> None:
    with pytest.raises(StudyMismatch, match="other data or values"):
        run_system(toy, numbers, toy_study, budget="40s", seed=1)


def test_grades_are_ordinal_evidence(
    graded: Recipe, numbers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thirdeye.journey.shaped.running.report", lambda *args, **named: None)
    found = run_system(
        graded, numbers, tmp_path / "s", budget="40s", overrides={"contrast": "0,1,2", "folds": 2}
    )  # fmt: skip
    assert found.evidence["task"] == "ordinal"
    names = {one["name"] for one in found.evidence["sets"]["test"]["metrics"]}
    assert {"auc_macro", "kappa_quadratic"} & names
    assert found.evidence["sets"]["test"]["n_by_class"].keys() == {"0", "1", "2"}


def test_a_value_that_is_not_there_is_refused(toy: Recipe, numbers: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no value 'epochs'"):
        run_system(toy, numbers, tmp_path / "s", overrides={"epochs": 3})
    assert not (tmp_path / "s").exists()
