"""The examination in words for a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from thirdeye.cli.trial import WIDTH, findings_text
from thirdeye.intake.examine import CheckRun
from thirdeye.intake.finding import Finding


def _told(finding: Finding) -> str:
    run = CheckRun(finding.check, "a check", "veracity", "found", "", 0.0)
    checked = SimpleNamespace(
        examination=SimpleNamespace(runs=(run,), findings=(finding,)),
        collection=SimpleNamespace(understood=("A folder.",), task="binary"),
    )
    return findings_text(cast("Any", checked))


def test_a_note_is_told_to_its_end() -> None:
    """A note may end in the figure that matters; it goes on in the next line, and its remedy stays away."""
    message = f"What is known of the patient tells the label: {'word ' * 30}AUC 0.81."
    told = _told(Finding("a.check", "info", message, remedy="Do something."))
    assert "AUC 0.81." in told
    assert "Do something" not in told
    assert max(map(len, told.splitlines())) <= WIDTH


def test_a_warning_comes_with_its_remedy() -> None:
    told = _told(Finding("a.check", "warning", "Something is odd.", remedy="Do something."))
    assert "  WARNING Something is odd.\n          Do something." in told
