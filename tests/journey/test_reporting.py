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


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the report publishes when asked to; the list may be changed."""
    names = ["publication/captions.md", "publication/figures/a.svg"]

    def write(study: Path, *, publish: bool = False) -> list[Path]:
        paths = [study / name for name in (*REPORT_FILES, *(names if publish else ()))]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}", encoding="utf-8")
        return paths

    monkeypatch.setattr("thirdeye.journey.reporting.write_report", write)
    return names


def test_what_was_published_is_kept_in_step(place: Path, published: list[str]) -> None:
    study = Study(place / "study")
    heard: list[str] = []
    assert not study.path("publication").exists()
    report(study.folder, publish=True, tell=lambda event: heard.append(event.text))
    assert any("thirdeye-imaging[publish]" in text for text in heard)  # there is no Word file among them
    mine = study.path("publication/manuscript.txt")
    mine.write_text("mine", encoding="utf-8")
    published[1] = "publication/figures/b.svg"
    report(study.folder)  # without being asked again
    assert study.has("publication/figures/b.svg")
    assert not study.path("publication/figures/a.svg").exists()
    assert mine.read_text(encoding="utf-8") == "mine"
    Ledger(study).verify("report", report_key(study))
