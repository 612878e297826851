"""`train`: a planned study becomes a reader, alone and without what it does not need."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import thirdeye.journey.training as training_module
from thirdeye.case.study import Study
from thirdeye.errors import MissingExtra, StudyMismatch
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.training import train, training_key
from thirdeye.training.event import Event

pytestmark = pytest.mark.usefixtures("known_machine")


def test_the_finished_reader_says_what_it_is(finished: Path) -> None:
    study = Study(finished / "study")
    manifest = read_manifest(study)
    assert manifest.plan_sha256 == study.sha256("plan.json")
    assert manifest.dataset_sha256 == study.sha256("dataset.csv")
    assert manifest.onnx["sha256"] == study.sha256("model/model.onnx")
    assert manifest.classes == ("healthy", "malignant")
    assert manifest.weights[0]["sha256"].startswith("579344248a93")
    assert {point["name"] for point in manifest.operating_points} >= {"youden", "sensitivity_95"}
    members = sorted(path.name for path in study.path("model").glob("member_*.safetensors"))
    assert [member["file"] for member in manifest.members] == members
    assert all(study.sha256(f"model/{member['file']}") == member["sha256"] for member in manifest.members)


def test_alone_it_trains_again_from_what_is_kept(place: Path) -> None:
    """Nothing is learnt twice: finished members are read back, and the model is the same."""
    study = Study(place / "study")
    before = study.sha256("model/model.onnx")
    study.write_text("model/similar_elsewhere.json", "{}")
    heard: list[Event] = []
    trained = train(study.folder, tell=heard.append)
    assert trained.stages[0].name == "frozen_features"
    assert not any("epoch" in event.text for event in heard if event.kind == "progress")
    assert study.sha256("model/model.onnx") == before
    assert Ledger(study).finished("train", training_key(study))
    assert Ledger(study).key("explain") is None
    assert not study.has("model/similar_elsewhere.json")
    entered = Ledger(study).content["stages"]["train"]["outputs"]
    written = {f"model/{path.name}" for path in study.path("model").iterdir()}
    assert written - set(entered) == {"model/validated.json"}, "it is of validate, which writes it again"


def test_every_file_of_the_model_is_entered(finished: Path) -> None:
    outputs = Ledger(Study(finished / "study")).content["outputs"]
    files = {f"model/{path.name}" for path in (finished / "study" / "model").iterdir()}
    assert files <= set(outputs)
    assert "runs/stages.json" in outputs


def test_a_study_without_a_plan(tmp_path: Path, place: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyMismatch, match="has not been through 'plan' yet"):
        train(tmp_path / "empty")
    (place / "study" / "plan.json").unlink()
    with pytest.raises(StudyMismatch, match=r"has no plan\.json"):
        train(place / "study")


def test_data_that_moved_are_named(place: Path, tmp_path: Path) -> None:
    shutil.move(place / "data", tmp_path / "moved")
    train(place / "study", data=tmp_path / "moved")


@pytest.mark.parametrize("missing", ["torch", "cv2", "onnx"])
def test_without_the_extra_it_is_named(place: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    import importlib.util

    real = importlib.util.find_spec

    def find(name: str, *given: Any) -> Any:
        return None if name == missing else real(name, *given)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(MissingExtra, match=r"training needs the extra 'train': pip install"):
        training_module.train(place / "study")
