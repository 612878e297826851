"""`thirdeye validate STUDY --on DATA` as a user sees it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.cli.validate import as_mapping
from thirdeye.errors import UsageError


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "place"))


def test_text_json_and_codes(
    thirdeye: Callable[..., Any], place: Path, tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "hospital b", 40, seed=5)
    study = place / "study"
    said = thirdeye("validate", study, "--on", data, "--no-traditional", "--prevalence", "5%")
    assert said.code == 0
    for words in (
        "External set 'hospital_b': 40 images", "AUC", "prevalence 5.0% (stated)", "Recalibration, offered",
        "have been looked at 1 time.", "Research use only",
    ):  # fmt: skip
        assert words in said.out
    refused = thirdeye("validate", study, "--on", data)
    assert (refused.code, "--reason" in refused.refusal) == (2, True)
    again = thirdeye("validate", study, "--on", data, "--no-traditional", "--json", "--reason", "a test")
    assert json.loads(again.out)["sets"]["external:hospital_b"]["looks"]["count"] == 2
    assert thirdeye("validate", study, "--on", place / "data").code == 3
    assert thirdeye("validate", study, "--map", "a=b").code == 2


def test_pairs_of_classes() -> None:
    pairs = ("pneumonia=viral, pneumonia = bacterial", "normal=healthy")
    assert as_mapping(pairs) == {"pneumonia": ["viral", "bacterial"], "normal": ["healthy"]}
    for wrong in ("pneumonia", "=viral", "normal=", "a=b=c", "a=b,c,d=e"):
        with pytest.raises(UsageError, match="--map takes OURS=THEIRS"):
            as_mapping((wrong,))


def test_names_of_classes_may_hold_commas_and_equals_signs() -> None:
    pairs = ("normal=no finding, clear", r"a\,b=c,ISUP\=2=grade 2\, left", "x=y,")
    assert as_mapping(pairs) == {
        "normal": ["no finding, clear"], "a,b": ["c"], "ISUP=2": ["grade 2, left"], "x": ["y,"],
    }  # fmt: skip
