"""`report`: entered in the ledger with what it was made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.reporting import REPORT_FILES, report, report_key


def test_the_finished_report_is_that_of_its_files(finished: Path) -> None:
    study = Study(finished / "study")
    assert Ledger(study).finished("report", report_key(study))
    assert set(Ledger(study).content["stages"]["report"]["outputs"]) == set(REPORT_FILES)


@pytest.mark.parametrize(
    "name", ["evaluation.json", "plan.json", "explanation/sanity.json", "predictions.csv"]
)
def test_another_file_is_another_report(place: Path, name: str) -> None:
    study = Study(place / "study")
    before = report_key(study)
    study.path(name).write_text(study.path(name).read_text(encoding="utf-8") + " ", encoding="utf-8")
    changed = report_key(study)
    study.path(name).unlink()
    assert len({before, changed, report_key(study)}) == 3


def test_it_writes_what_it_says(place: Path, quick_report: None) -> None:
    study = Study(place / "study")
    written = report(study.folder)
    assert sorted(path.name for path in written.files) == sorted(REPORT_FILES)
    assert json.loads(study.path("canvas.json").read_text(encoding="utf-8")) == {}
    Ledger(study).verify("report", report_key(study))


def test_no_folder_is_made_for_a_mistyped_study(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no study folder"):
        report(tmp_path / "stduy")
    assert list(tmp_path.iterdir()) == []
