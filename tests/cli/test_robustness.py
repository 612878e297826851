"""`thirdeye robustness`, and the audits in the terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.cli.robustness_text import robustness_text
from thirdeye.cli.summary import audit_lines

pytestmark = pytest.mark.usefixtures("known_machine")


def test_the_verb_says_both_verdicts(thirdeye: Callable[..., Any], finished: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(finished, tmp_path / "place"))
    said = thirdeye("robustness", place / "study")
    assert said.code == 0
    assert said.out.startswith("Would more cases help?")
    assert "Does chance decide?" in said.out
    found = json.loads(thirdeye("robustness", place / "study", "--json").out)
    evidence = json.loads((place / "study" / "evaluation.json").read_text(encoding="utf-8"))
    assert found == evidence["robustness"]
    assert robustness_text(found) in said.out


def test_no_seed_is_wrong_usage(thirdeye: Callable[..., Any], finished: Path) -> None:
    assert thirdeye("robustness", finished / "study", "--seeds", "0").code == 2


def test_repeated_trainings_are_listed() -> None:
    found = {
        "learning_curve": {"verdict": "v.", "points": []},
        "seeds": {"verdict": "w.", "trainings": [{"seed": 1, "metric": {"value": 0.9}}]},
    }
    assert "  seed 1: 0.900" in robustness_text(found).splitlines()


def test_audits_are_named_gravest_first() -> None:
    entry = {
        "audits": [
            {"id": "refstd", "severity": "info", "sentence": "c"},
            {"id": "test.reuse", "severity": "warning", "sentence": "counted elsewhere"},
            {"id": "events", "severity": "warning", "sentence": "b"},
            {"id": "threshold.test", "severity": "error", "sentence": "a"},
        ]
    }
    assert audit_lines(entry) == ["Audits:", "  a [threshold.test]", "  b [events]", "  c [refstd]"]
    assert audit_lines({}) == []
