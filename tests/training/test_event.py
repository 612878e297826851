"""Events carry words and shares; nobody has to listen."""

from __future__ import annotations

import dataclasses

import pytest

from thirdeye.training.event import Event, silent


def test_an_event_is_frozen_and_small() -> None:
    event = Event("note", "words")
    assert (event.done, event.remaining_s) == (None, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.text = "others"  # type: ignore[misc]


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    silent(Event("figure", "auc 0.9"))
    assert capsys.readouterr() == ("", "")
