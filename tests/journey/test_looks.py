"""Every look is counted for the cases that were looked at, and the log is only added to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.looks import BEFORE, LOOKS_FILE, Looks


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study").mkdir()
    return Study(tmp_path / "study")


def opened(study: Study) -> Looks:
    return Looks(study, Ledger(study))


def look(study: Study, cases: str = "a", name: str = "test", reason: str | None = "why not") -> int:
    return opened(study).count(name, cases, model_sha256="m", reason=reason)


def test_looks_are_counted_for_the_cases_and_not_for_the_name(study: Study) -> None:
    assert [look(study), look(study, "b", "external:x"), look(study), look(study, "b", "external:y")] == [
        1,
        1,
        2,
        2,
    ]
    assert [one.look for one in opened(study).at("b")] == [1, 2]
    assert Ledger(study).content["test_looks"] == 2


def test_the_first_look_keeps_no_reason_and_the_second_needs_one(study: Study) -> None:
    opened(study).refuse_without_reason("test", "a", None)
    look(study, reason="not needed")
    with pytest.raises(UsageError, match=r"was looked at 1 time already .* with --reason"):
        opened(study).refuse_without_reason("test", "a", "  ")
    opened(study).refuse_without_reason("test", "a", "new calibration")
    opened(study).refuse_without_reason("test", "other cases", None)
    look(study, reason="new\ncalibration")
    assert [one.reason for one in opened(study).at("a")] == ["", "new calibration"]


def test_the_refusal_names_the_set_under_which_the_cases_were_seen(study: Study) -> None:
    look(study, "b", "external:x")
    with pytest.raises(UsageError, match="the data of 'external:x'"):
        opened(study).refuse_without_reason("external:y", "b", None)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_log_that_was_cut_is_refused(study: Study, kept: int) -> None:
    look(study), look(study)
    lines = study.path(LOOKS_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    study.path(LOOKS_FILE).write_text("".join(lines[:kept]), encoding="utf-8")
    with pytest.raises(StudyMismatch, match=r"looks\.jsonl .* was changed or cut"):
        opened(study)


def test_a_line_that_was_changed_is_refused(study: Study) -> None:
    look(study), look(study), look(study)
    text = study.path(LOOKS_FILE).read_text(encoding="utf-8")
    study.path(LOOKS_FILE).write_text(text.replace('"look": 1', '"look": 0'), encoding="utf-8")
    with pytest.raises(StudyMismatch, match="was changed or cut"):
        opened(study)


def test_a_look_that_was_killed_before_the_ledger_knew_counts(study: Study) -> None:
    look(study)
    before = Ledger(study).content["looks"]
    look(study)
    ledger = Ledger(study)
    ledger.set(looks=before)
    ledger.write()
    assert look(study) == 3


def test_looks_counted_before_there_was_a_log_are_taken_over(study: Study) -> None:
    ledger = Ledger(study)
    ledger.set(test_looks=2)
    ledger.write()
    look(study, "b", "external:x")
    assert Ledger(study).content["test_looks"] == 2
    opened(study).take_over("a")
    opened(study).take_over("a")
    assert [one.reason for one in opened(study).at("a")] == [BEFORE, BEFORE]
    assert look(study) == 3


def test_every_line_is_json_and_names_the_one_before(study: Study) -> None:
    look(study), look(study)
    first, second = map(json.loads, study.path(LOOKS_FILE).read_text(encoding="utf-8").splitlines())
    assert first["previous"] == ""
    assert len(second["previous"]) == 64
