"""``thirdeye run``: evidence in words or as JSON, nothing but JSON on stdout."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("known_machine")
SAME = ("--budget", "1h", "--set", "image_size_px=32", "--set", "epochs=1", "--set", "folds=2")


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "place"))


def test_json_is_the_evidence(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("run", place / "data", "--out", place / "study", *SAME, "--json")
    assert said.code == 0
    assert json.loads(said.out) == json.loads((place / "study" / "evaluation.json").read_text())


def test_words_say_where_the_report_is(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("run", place / "data", "--out", place / "study", *SAME)
    assert said.out.startswith("Test part: ")
    assert said.out.splitlines()[-1] == f"Report: {place / 'study' / 'report.html'}"
    assert "Done" in said.err


def test_a_dry_run_writes_nothing(thirdeye: Callable[..., Any], place: Path, tmp_path: Path) -> None:
    said = thirdeye("run", place / "data", "--out", tmp_path / "new", *SAME, "--dry-run", "--json")
    assert json.loads(said.out)["values"]["epochs"]["value"] == 1
    assert not (tmp_path / "new").exists()
    assert "image_size_px" in thirdeye("run", place / "data", "--out", tmp_path / "new", "--dry-run").out


def test_other_options_into_the_same_folder(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("run", place / "data", "--out", place / "study")
    assert said.code == 4
    assert "other data or options" in said.refusal


def test_out_inside_the_data(thirdeye: Callable[..., Any], place: Path) -> None:
    said = thirdeye("run", place / "data", "--out", place / "data" / "study")
    assert said.code == 2
    assert "lies inside the data" in said.refusal
