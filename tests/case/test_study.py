"""A study folder: never half a file, one writer at a time, plain refusals."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from thirdeye.case.study import Study, json_text, sha256_file
from thirdeye.errors import StageFailed, StudyMismatch, UsageError


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path / "study")


def test_hash_of_a_file_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "x"
    content = os.urandom((1 << 20) + 17)
    path.write_bytes(content)
    assert sha256_file(path) == hashlib.sha256(content).hexdigest()


def test_json_goes_there_and_back(study: Study) -> None:
    value = {"a": [1, 2.5, None], "Größe": "ÄÖ\n"}
    study.write_json("deep/er/x.json", value)
    assert study.read_json("deep/er/x.json") == value
    assert "Größe" in study.path("deep/er/x.json").read_text(encoding="utf-8")
    assert study.has("deep/er/x.json")
    assert not study.has("deep/er/x.json", "y.json")


def test_names_that_are_not_utf_8_keep_their_bytes(study: Study) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    study.write_json("x.json", [name])
    assert study.read_json("x.json") == [name]
    study.write_text("x.txt", name)
    assert study.path("x.txt").read_bytes() == b"caf\xe9.png"
    json_text([name]).encode("utf-8")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_does_not_have_is_refused_and_nothing_is_written(study: Study, value: float) -> None:
    study.write_json("x.json", 1)
    with pytest.raises(ValueError, match="JSON compliant"):
        study.write_json("x.json", {"v": value})
    assert study.read_json("x.json") == 1
    assert [path.name for path in study.folder.iterdir()] == ["x.json"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_a_write_that_stops_half_way_leaves_the_old_file(study: Study, failure: type[BaseException]) -> None:
    study.write_text("x.txt", "old")

    def half() -> None:
        with study.writing("x.txt") as path:
            path.write_text("ne")
            raise failure

    with pytest.raises(failure):
        half()
    assert study.path("x.txt").read_text() == "old"
    assert [path.name for path in study.folder.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_is_a_failed_stage(
    study: Study, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.write_text("x.txt", "old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StageFailed, match=f"cannot write x.txt .*'study': {os.strerror(number)}; free some"):
        study.write_text("x.txt", "new")
    assert study.path("x.txt").read_text() == "old"
    assert [path.name for path in study.folder.iterdir()] == ["x.txt"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    below = Study(tmp_path / "file" / "study")
    with pytest.raises(StageFailed, match="Not a directory"):
        below.write_text("x", "")
    with pytest.raises(StageFailed, match="cannot write into the study folder"), below.lock(make=True):
        pass


def test_missing_and_broken_json(study: Study) -> None:
    with pytest.raises(StudyMismatch, match=r"'study' has no x\.json; run the stage"):
        study.read_json("x.json")
    study.write_text("x.json", "{")
    with pytest.raises(StudyMismatch, match=r"x\.json of the study 'study' is not readable JSON"):
        study.read_json("x.json")
    study.path("x.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(StudyMismatch, match="not readable JSON"):
        study.read_json("x.json")
    with pytest.raises(StudyMismatch, match="has no y"):
        study.sha256("y")


def test_the_lock_makes_no_folder_unless_asked(study: Study) -> None:
    with pytest.raises(UsageError, match=r"no study folder .*study'; thirdeye run"), study.lock():
        pass
    assert not study.folder.exists()
    with study.lock(make=True):
        assert study.folder.is_dir()


def test_two_at_once_are_refused_and_the_lock_goes_with_the_process(study: Study) -> None:
    code = (
        "import sys, time, pathlib; from thirdeye.case.study import Study\n"
        "lock = Study(pathlib.Path(sys.argv[1])).lock(make=True)\n"
        "lock.__enter__(); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(study.folder)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StageFailed, match="another run is working"), study.lock():
            pass
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    with study.lock():
        pass


def test_after_an_error_the_lock_is_free(study: Study) -> None:
    def fail() -> None:
        with study.lock(make=True):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with study.lock():
        pass
