"""How progress is shown: a line that is redrawn on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import pytest

import thirdeye.cli.console as console_module
from thirdeye.cli.console import Console
from thirdeye.training.event import Event


def test_everything_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(live=False) as console:
        for kind in ("stage", "figure", "note"):
            console(Event(kind, f"a {kind}"))  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["[00:00] a stage", "  validated: a figure", "  a note"]


def test_plain_lines_are_few(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(console_module.time, "monotonic", lambda: clock[0])
    with Console(live=False) as console:
        for step in range(100):
            clock[0] += 1.0
            console(Event("progress", "epoch", step / 100, 100.0 - step))
    lines = capsys.readouterr().err.splitlines()
    assert 5 <= len(lines) <= 8
    assert lines[-1].lstrip().startswith(("9", "8"))
    assert "left" in lines[0]
    assert "\r" not in "".join(lines)


def test_a_live_line_is_redrawn_and_closed(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(live=True) as console:
        console(Event("progress", "x" * 300, 0.5, 30.0))
        console(Event("note", "words"))
        console(Event("progress", "again"))
    err = capsys.readouterr().err
    assert len(err.split("\r")[1]) <= console_module.WIDTH
    assert err.index("words") > err.index("50%")
    assert err.endswith("again\r")  # what erases the line is shown on terminals only


def test_an_interruption_closes_the_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    def stopped() -> None:
        with Console(live=True) as console:
            console(Event("progress", "epoch", 0.1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert capsys.readouterr().err.endswith("epoch\r")


@pytest.mark.parametrize(("seconds", "words"), [(5.0, "5 s"), (89.0, "89 s"), (120.0, "2 min")])
def test_times(seconds: float, words: str) -> None:
    assert console_module._short(seconds) == words
