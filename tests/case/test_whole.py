"""A file is there as a whole or not at all."""

from __future__ import annotations

import os

import pytest

from thirdeye.case.whole import write_whole


def test_what_is_written_is_there_with_its_folder(tmp_path) -> None:
    write_whole(tmp_path / "new" / "a.bin", b"whole")
    assert (tmp_path / "new" / "a.bin").read_bytes() == b"whole"
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["a.bin"]


def test_a_disk_that_fails_leaves_the_file_of_before_and_no_half(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.bin"
    write_whole(path, b"before")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.bin"]
