"""Frames that are ready take a bounded room."""

from __future__ import annotations

import os
from pathlib import Path

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
