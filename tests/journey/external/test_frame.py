"""What goes around an external measurement: its name, and what stops it before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.journey.external.asked import External
from thirdeye.journey.external.frame import name_of, verified


def test_a_set_is_called_as_the_user_says_else_as_its_data(tmp_path: Path) -> None:
    assert name_of(tmp_path / "ward 7.csv", External()) == "external:ward_7"
    assert name_of(tmp_path / "ward 7.csv", External(name="ours")) == "external:ours"
    with pytest.raises(UsageError, match="cannot be the name of a set"):
        name_of(tmp_path, External(name="..."))


def test_data_inside_the_study_are_refused(finished: Path) -> None:
    with pytest.raises(UsageError, match="lies inside the study"):
        verified(finished / "study", finished / "study" / "explanation")


def test_a_study_as_its_ledger_says_is_taken_and_a_changed_one_is_not(place: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    study, ledger = verified(place / "study", tmp_path / "there")
    assert study.folder == place / "study"
    assert {"plan", "train", "validate"} <= set(ledger.content["stages"])
    (place / "study" / "plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudyMismatch):
        verified(place / "study", tmp_path / "there")
