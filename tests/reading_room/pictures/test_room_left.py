"""Frames that are ready take a bounded room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thirdeye.reading_room.pictures.room_left import make_room


def test_the_oldest_go_first(tmp_path: Path) -> None:
    folder = tmp_path / "ab"
    folder.mkdir()
    for day in range(10):
        path = folder / f"{day}.z"
        path.write_bytes(b"x" * 100)
        os.utime(path, (day, day))
    (tmp_path / "hung.json").write_bytes(b"x" * 100)
    assert make_room(tmp_path, 1000) == 0
    assert make_room(tmp_path, 500) == 600
    assert sorted(path.stem for path in folder.iterdir()) == ["6", "7", "8", "9"]
    assert (tmp_path / "hung.json").exists()


def test_nothing_is_kept_yet(tmp_path: Path) -> None:
    assert make_room(tmp_path / "none", 1) == 0


def test_a_file_that_goes_while_we_look_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are renamed and frames removed by other threads meanwhile."""
    (tmp_path / "ab").mkdir()
    for name in ("1.z", "1.z.part"):
        (tmp_path / "ab" / name).write_bytes(b"x" * 100)
    listed = os.scandir

    def vanishing(folder):
        entries = list(listed(folder))
        (tmp_path / "ab" / "1.z.part").unlink(missing_ok=True)
        return entries

    monkeypatch.setattr(os, "scandir", vanishing)
    assert make_room(tmp_path, 10) == 100
