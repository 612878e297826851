"""`explain`: the exam's verdict goes into the reader, and nothing of it is lost in a kill."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

import thirdeye.journey.explaining as explaining_module
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.journey.explaining import explain
from thirdeye.journey.ledger import Ledger

pytestmark = pytest.mark.usefixtures("known_machine")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_reader_knows_the_verdict(finished: Path) -> None:
    sanity = read(finished / "study" / "explanation" / "sanity.json")
    assert read(finished / "study" / "model" / "model.json")["sanity"] == {
        "passed": sanity["passed"],
        "method": sanity["method"],
        "methods": {name: one["passed"] for name, one in sanity["methods"].items()},
    }
    assert sanity["verdict"]
    assert "thirdeye explain study --method rise" in sanity["methods"]["rise"]["verdict"]  # it costs too much


def test_examples_are_of_the_test_part(finished: Path) -> None:
    text = (finished / "study" / "explanation" / "examples.json").read_text(encoding="utf-8")
    test = [
        row.split(",")[1]
        for row in (finished / "study" / "dataset.csv").read_text(encoding="utf-8").splitlines()
        if ",test," in row
    ]
    assert test
    assert any(case in text for case in test)


def test_again_gives_the_same(place: Path) -> None:
    study = Study(place / "study")
    before = study.sha256("explanation/sanity.json"), study.sha256("model/model.json")
    explain(study.folder)
    assert (study.sha256("explanation/sanity.json"), study.sha256("model/model.json")) == before
    Ledger(study).verify("train")


def test_without_torch_the_exam_says_that_it_was_not_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(explaining_module, "find_spec", lambda name: None if name == "torch" else real(name))
    found = explain(place / "study")
    assert found.passed is None
    assert "needs the extra 'train'" in found.verdict
    assert read(place / "study" / "model" / "model.json")["sanity"] == {
        "passed": None,
        "method": "cam",
        "methods": {},
    }


def test_evidence_of_another_model_is_refused(place: Path) -> None:
    study = Study(place / "study")
    content = study.read_json("provenance.json")
    content["stages"]["validate"]["key"] = "another"
    study.write_json("provenance.json", content)
    with pytest.raises(StudyMismatch, match="was changed since 'validate'"):
        explain(study.folder)


def test_a_study_without_evidence(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    with pytest.raises(StudyMismatch):
        explain(tmp_path / "study")
