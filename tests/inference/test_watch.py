"""A watched folder: each file once, when it is complete, also after a restart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from thirdeye.errors import StageFailed, UsageError
from thirdeye.inference.watch import Folder, appending, known, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def test_a_file_counts_once_it_has_rested(folder: Path) -> None:
    seen = Folder(folder, {}, quiet_s=2)
    (folder / "a.png").write_bytes(b"half")
    assert seen.complete(0.0) == []
    assert seen.complete(1.9) == []
    (folder / "a.png").write_bytes(b"half and more")
    assert seen.complete(2.1) == []
    assert seen.complete(4.2) == ["a.png"]
    seen.finish("a.png")
    assert seen.complete(9.0) == []


def test_a_file_that_is_written_again_is_read_again(folder: Path) -> None:
    seen = Folder(folder, {}, quiet_s=0)
    (folder / "a.png").write_bytes(b"one")
    assert seen.complete(0) == ["a.png"]
    kept = seen.finish("a.png")
    assert (kept["file"], kept["bytes"]) == ("a.png", 3)
    (folder / "a.png").write_bytes(b"three")
    assert seen.complete(1) == ["a.png"]


def test_what_is_not_finished_or_no_image_is_left_alone(folder: Path) -> None:
    for name in ("a.png.part", "b.png.crdownload", ".hidden.png", "notes.txt", "empty.png"):
        (folder / name).write_bytes(b"" if name == "empty.png" else b"x")
    assert Folder(folder, {}, quiet_s=0).complete(0) == []


def test_a_file_that_goes_away_is_forgotten(folder: Path) -> None:
    seen = Folder(folder, {}, quiet_s=5)
    (folder / "a.png").write_bytes(b"one")
    seen.complete(0)
    (folder / "a.png").unlink()
    assert seen.complete(10) == []


def rounds(count: int):
    """Says yes so many times."""
    left = iter([True] * count)
    return lambda: next(left, False)


def answer(paths: list[Path]) -> Iterator[dict[str, str]]:
    for path in paths:
        yield {"source": path.name, "error": "no reader"}


def test_nothing_is_read_twice_after_a_restart(folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"x")
    quick = {"every_s": 0.0, "quiet_s": 0.0}
    first = list(watch(folder, results, answer, going_on=rounds(3), **quick))
    assert [one["source"] for one in first] == ["a.png", "b.png"]
    (folder / "c.png").write_bytes(b"x")
    second = list(watch(folder, results, answer, going_on=rounds(3), **quick))
    assert [one["source"] for one in second] == ["c.png"]
    assert [json.loads(line) for line in results.read_text().splitlines()] == first + second


def test_a_line_that_was_cut_off_is_dropped_and_its_file_read_again(folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"x")
    quick = {"every_s": 0.0, "quiet_s": 0.0}
    list(watch(folder, results, answer, going_on=rounds(1), **quick))
    results.write_bytes(results.read_bytes()[:-9])
    again = list(watch(folder, results, answer, going_on=rounds(1), **quick))
    assert [one["source"] for one in again] == ["b.png"]
    assert [json.loads(line)["source"] for line in results.read_text().splitlines()] == ["a.png", "b.png"]


def test_results_inside_the_folder_are_no_image(folder: Path) -> None:
    results = folder / "results.png"
    list(watch(folder, results, answer, going_on=rounds(2), every_s=0.0, quiet_s=0.0))
    assert results.read_bytes() == b""


def test_two_do_not_write_one_file(tmp_path: Path) -> None:
    with (
        appending(tmp_path / "r.jsonl"),
        pytest.raises(StageFailed, match="another thirdeye read --watch"),
        appending(tmp_path / "r.jsonl"),
    ):
        pass


@pytest.mark.parametrize("line", ["not json", "{}", '{"watched": 1}', '{"watched": {"file": "a"}}', "[]"])
def test_a_strange_file_of_results_is_not_overwritten(tmp_path: Path, line: str) -> None:
    (tmp_path / "r.jsonl").write_text(line + "\n")
    with pytest.raises(StageFailed, match=r"line 1 of r.jsonl is not a result"):
        known(tmp_path / "r.jsonl")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        next(watch(tmp_path / "none", tmp_path / "r", answer))


def _hears_interrupts() -> None:
    """A process that a shell started in the background hands down that interrupts are ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_the_command_reads_ends_cleanly_and_goes_on(
    blob_study: Path, folder: Path, tmp_path: Path, blob_image, request_to_end: signal.Signals
) -> None:
    import numpy as np
    import PIL.Image

    picture = PIL.Image.fromarray(blob_image(np.random.default_rng(0), positive=True).pixels)
    picture.save(folder / "a.png")
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    results = tmp_path / "in.opinions.jsonl"

    def run_until(n_lines: int) -> tuple[int, str]:
        command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "read"]
        child = subprocess.Popen(
            [*command, str(blob_study), "--watch", str(folder)], stderr=subprocess.PIPE, text=True,
            stdout=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"},
            preexec_fn=_hears_interrupts,
        )  # fmt: skip
        until = time.monotonic() + 240
        while time.monotonic() < until and child.poll() is None:
            if results.exists() and results.read_bytes().count(b"\n") >= n_lines:
                break
            time.sleep(0.1)
        child.send_signal(request_to_end)
        return child.wait(120), child.communicate()[1]

    code, said = run_until(2)
    assert code == 130
    assert "Traceback" not in said
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    assert [line["watched"]["file"] for line in lines] == ["a.png", "bad.png"]
    assert lines[0]["predicted"] == "nodule"
    assert "error" in lines[1]
    picture.save(folder / "c.png")
    assert run_until(3)[0] == 130
    assert len(results.read_text().splitlines()) == 3
