"""The stages alone: train, validate, explain, report; each with words and with JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.case.study import Study
from thirdeye.journey.reporting import REPORT_FILES

pytestmark = pytest.mark.usefixtures("known_machine")
STAGES = ("train", "validate", "explain", "report")


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "place"))


def test_train_says_what_each_stage_reached(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("train", place / "study", "--json")
    assert said.code == 0
    assert json.loads(said.out)[0]["name"] == "frozen_features"
    assert "validated:" in said.err


def test_validate_counts_the_look(thirdeye: Callable[..., Any], place: Path) -> None:
    refused = thirdeye("validate", place / "study")
    assert refused.code == 2
    assert "--reason" in refused.refusal
    said = thirdeye("validate", place / "study", "--reason", "first")
    assert said.code == 0
    assert "looked at 2 times" in said.out
    again = thirdeye("validate", place / "study", "--json", "--reason", "second")
    assert json.loads(again.out)["test_looks"] == 3


def test_explain_says_the_verdict(thirdeye: Callable[..., Any], place: Path) -> None:
    sanity = json.loads((place / "study" / "explanation" / "sanity.json").read_text(encoding="utf-8"))
    found = json.loads(thirdeye("explain", place / "study", "--json").out)
    assert found == {"passed": sanity["passed"], "verdict": sanity["verdict"]}


def test_report_says_what_it_wrote(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("report", place / "study", "--json")
    files = json.loads(said.out)["files"]
    written = {Path(file).name for file in files}
    assert written == set(REPORT_FILES)
    assert all(Path(file).is_file() for file in files)


@pytest.mark.parametrize("verb", STAGES)
def test_a_mistyped_study_is_wrong_usage_and_is_not_made(
    thirdeye: Callable[..., Any], tmp_path: Path, verb: str
) -> None:
    said = thirdeye(verb, tmp_path / "stduy")
    assert said.code == 2
    assert "there is no study folder" in said.refusal
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", STAGES)
def test_two_at_once(thirdeye: Callable[..., Any], place: Path, verb: str) -> None:
    with Study(place / "study").lock():
        said = thirdeye(verb, place / "study")
    assert said.code == 4
    assert "another run is working" in said.refusal


@pytest.mark.parametrize("verb", STAGES[:3])
def test_a_folder_that_is_no_study(thirdeye: Callable[..., Any], tmp_path: Path, verb: str) -> None:
    said = thirdeye(verb, tmp_path)
    assert said.code == 4
    assert "has not been through" in said.refusal


@pytest.mark.parametrize("verb", STAGES[:3])
def test_data_that_moved_have_to_be_named(
    thirdeye: Callable[..., Any], place: Path, tmp_path: Path, verb: str
) -> None:
    shutil.move(place / "data", tmp_path / "moved")
    said = thirdeye(verb, place / "study")
    assert said.code == 2
    assert "say where with --data" in said.refusal
    reason = ["--reason", "the data moved"] if verb == "validate" else []
    assert thirdeye(verb, place / "study", "--data", tmp_path / "moved", *reason).code == 0


@pytest.mark.parametrize("verb", STAGES[1:3])
def test_an_edited_model_is_refused(thirdeye: Callable[..., Any], place: Path, verb: str) -> None:
    with (place / "study" / "model" / "model.onnx").open("ab") as stream:
        stream.write(b"\0")
    said = thirdeye(verb, place / "study")
    assert said.code == 4
    assert "model.onnx of the study 'study' was changed after 'train' wrote it" in said.refusal
