"""The key of a room: made once, whole, and for its owner alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from thirdeye.reading_room.room import _key_of


def test_programs_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.key"
        start, keys = threading.Barrier(8), []

        def go(path: Path = path, start: threading.Barrier = start, keys: list[bytes] = keys) -> None:
            start.wait(60)
            keys.append(_key_of(path))

        threads = [threading.Thread(target=go) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        assert len(keys) == 8
        assert set(keys) == {path.read_bytes()}
        assert path.stat().st_mode & 0o077 == 0
    assert len(list(tmp_path.iterdir())) == 20  # and no drafts


def test_a_kill_before_the_key_is_whole_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "room.key"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as while_writing:
        while_writing.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            _key_of(path)
    assert list(tmp_path.iterdir()) == []
    assert len(_key_of(path)) == 32


def test_a_file_system_without_links_holds_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    assert _key_of(tmp_path / "room.key") == _key_of(tmp_path / "room.key")
    assert [path.name for path in tmp_path.iterdir()] == ["room.key"]
