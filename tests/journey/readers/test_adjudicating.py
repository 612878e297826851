from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused, StudyMismatch, UsageError
from thirdeye.journey.readers.adjudicating import import_adjudications, queue_cases
from thirdeye.journey.readers.importing import import_readings


@pytest.fixture
def study(readings: Path, tmp_path: Path) -> Path:
    import_readings(readings, tmp_path / "study")
    return tmp_path / "study"


def test_the_sheet_shows_nobodys_answer(study: Path) -> None:
    queued = queue_cases(study, controls=3)
    sheet = pd.read_csv(study / "adjudication" / "sheet.csv", dtype=str, keep_default_na=False)
    assert list(sheet.columns) == ["order", "case", "decision", "confidence", "remark"]
    assert (sheet[["decision", "confidence", "remark"]] == "").all().all()
    assert len(sheet) == queued.discordant + 3
    queue = pd.read_csv(study / "adjudication" / "queue.csv")
    assert len(queue) == queued.discordant
    assert ((queue["readers_differ"] == 1) | (queue["machine_differs"] == 1)).all()
    assert list(sheet["case"]) != sorted(sheet["case"])
    with pytest.raises(StudyMismatch, match="already"):
        queue_cases(study)


def test_adjudications_come_back(study: Path) -> None:
    queue_cases(study)
    sheet = pd.read_csv(study / "adjudication" / "sheet.csv", dtype=str)
    paths = []
    for number, decisions in enumerate((["1"] * len(sheet), ["0", *["1"] * (len(sheet) - 1)])):
        paths.append(study.parent / f"filled{number}.csv")
        sheet.assign(decision=decisions).to_csv(paths[-1], index=False)
    found = import_adjudications(study, paths)
    assert (found.decided, found.open) == (len(sheet) - 1, 1)
    told = pd.read_csv(study / "adjudication" / "adjudicated.csv", dtype=str, keep_default_na=False)
    assert sorted(set(told["truth"])) == ["", "1"]
    queue = pd.read_csv(study / "adjudication" / "queue.csv")
    decided = queue[queue["case"] != sheet["case"].iloc[0]]
    assert found.with_machine == int((decided["machine"] == 1).sum())


@pytest.mark.parametrize(
    ("case", "decision", "message"), [("zz", "1", "not on the sheet"), (None, "yes", "expected 0 or 1")]
)
def test_a_sheet_that_does_not_fit(study: Path, case: str | None, decision: str, message: str) -> None:
    queue_cases(study)
    known = pd.read_csv(study / "adjudication" / "sheet.csv", dtype=str)["case"].iloc[0]
    pd.DataFrame({"case": [case or known], "decision": [decision]}).to_csv(study / "bad.csv", index=False)
    with pytest.raises(DataRefused, match=message):
        import_adjudications(study, [study / "bad.csv"])


def test_refusals(study: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyMismatch, match="no adjudication queue"):
        import_adjudications(study, [])
    with pytest.raises(UsageError, match="no readings"):
        queue_cases(tmp_path / "empty")
    with pytest.raises(UsageError, match="0 or more"):
        queue_cases(study, controls=-1)
