"""Two studies compared, and what is written."""

from __future__ import annotations

import json

import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.journey.comparing import compare
from thirdeye.report.versus import versus_text


def test_a_study_against_itself(finished, tmp_path):
    found = compare(finished / "study", finished / "study", names=("one", "other"), out=tmp_path / "out")
    assert found.versus.comparison["outcome"] in ("not_better", "undetermined")
    assert found.versus.plans == ()
    written = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert written["comparison"]["first"] == "one"
    assert written["test_looks"] == [1, 1]
    page = found.page.read_text()
    assert "One against other" in page
    assert "used the test part to choose" in page
    text = versus_text(found.versus)
    assert text.splitlines()[0] == found.versus.comparison["verdict"].replace("95 %", "95%")


def test_nothing_is_written_without_a_folder(finished):
    assert compare(finished / "study", finished / "study").page is None


def test_what_is_no_study_is_refused(finished, tmp_path):
    with pytest.raises(StudyMismatch):
        compare(finished / "study", tmp_path)
