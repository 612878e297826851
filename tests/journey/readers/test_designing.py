from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused, StudyMismatch
from thirdeye.journey.readers.designing import design


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    pd.DataFrame({"case": list("abcdefgh"), "truth": [0, 1] * 4}).to_csv(tmp_path / "c.csv", index=False)
    return tmp_path / "c.csv"


def test_lists_hold_no_truth(cases: Path, tmp_path: Path) -> None:
    made = design(cases, ["x", "y"], tmp_path / "study", design="crossover", seed=3)
    assert len(made.files) == 5
    first = pd.read_csv(tmp_path / "study" / "lists" / "reader-01-session-1.csv")
    assert list(first.columns) == ["reader", "session", "order", "case", "arm", "rating", "seconds"]
    assert sorted(first["case"]) == list("abcdefgh")
    content = json.loads((tmp_path / "study" / "design.json").read_text(encoding="utf-8"))
    assert "truth" not in json.dumps(content)
    assert (content["washout_days"], content["sessions"]) == (28, 2)


def test_a_design_is_made_once(cases: Path, tmp_path: Path) -> None:
    design(cases, ["x"], tmp_path / "study")
    with pytest.raises(StudyMismatch, match="holds a design already"):
        design(cases, ["x"], tmp_path / "study")


def test_tables_that_name_no_cases(tmp_path: Path) -> None:
    pd.DataFrame({"name": ["a"]}).to_csv(tmp_path / "n.csv", index=False)
    with pytest.raises(DataRefused, match="no column 'case'"):
        design(tmp_path / "n.csv", ["x"], tmp_path / "study")
    pd.DataFrame({"case": ["a", "a"]}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataRefused, match="the case 'a' more than once"):
        design(tmp_path / "t.csv", ["x"], tmp_path / "study")
