"""Files of a signed case are made once, and whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.reading_room.sending.written import Written


def test_they_are_made_once_and_forgotten_once_queued(tmp_path: Path) -> None:
    written = Written(tmp_path)
    made = written.of("case", lambda: {"report": b"1", "picture": b"2"})
    assert made == {"report": b"1", "picture": b"2"}
    assert Written(tmp_path).of("case", lambda: pytest.fail("made again")) == made
    written.forget_all_but(["case"])
    assert (tmp_path / "case").is_dir()
    written.forget_all_but([])
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_left_half_done_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".case.part").mkdir()
    (tmp_path / ".case.part" / "document.dcm").write_bytes(b"old")
    assert Written(tmp_path).of("case", lambda: {"report": b"1"}) == {"report": b"1"}
