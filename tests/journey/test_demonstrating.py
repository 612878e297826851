"""`demo`: sample first, then the same journey; what is there is not made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import thirdeye.journey.demonstrating as demonstrating
from thirdeye.errors import UsageError
from thirdeye.journey.demonstrating import demo
from thirdeye.training.event import Event


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Catches the run, and makes few phantoms."""
    caught: list[tuple[Any, ...]] = []
    monkeypatch.setattr(demonstrating, "PATIENTS", 2)
    monkeypatch.setattr(demonstrating, "run", lambda *given, **named: caught.append((*given, named)))
    return caught


def test_phantoms_are_made_once_and_run(runs: list[tuple[Any, ...]], tmp_path: Path) -> None:
    heard: list[Event] = []
    demo(tmp_path / "demo", seed=5, tell=heard.append)
    data, study, named = runs[0]
    assert study == tmp_path / "demo" / "study"
    assert (named["seed"], named["budget"]) == (5, "3m")
    assert any("people who do not exist" in event.text for event in heard)
    table = tmp_path / "demo" / "data" / "cases.csv"
    before = table.stat().st_mtime_ns
    demo(tmp_path / "demo", seed=5)
    assert table.stat().st_mtime_ns == before
    assert data == runs[1][0]


def test_an_unknown_sample_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sample is called 'mnist'; there are: phantoms, "):
        demo(tmp_path / "demo", sample="mnist")
    assert not (tmp_path / "demo").exists()
