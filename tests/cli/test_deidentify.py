"""``thirdeye deidentify`` as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("one.png", "two.png"):
        Image.fromarray(np.full((8, 8), 90, dtype=np.uint8)).save(folder / name)
    (folder / "notes.txt").write_text("Jane Doe")
    return folder


@pytest.fixture
def thirdeye(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Exit code, stdout and stderr of a command."""
    from thirdeye.cli.main import main

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def test_an_archive_is_to_be_unpacked(thirdeye: Command, pictures: Path, tmp_path: Path) -> None:
    (pictures / "more.ZIP").write_bytes(b"PK")
    assert "1 file: is an archive; unpack it" in thirdeye("deidentify", pictures, tmp_path / "out")[2]


def test_to_quarantine_and_out_of_it(thirdeye: Command, pictures: Path, tmp_path: Path) -> None:
    code, out, err = thirdeye("deidentify", pictures, tmp_path / "out", "--no-ocr")
    assert code == 0
    assert "2 wait in quarantine" in err
    assert "1 was left out" in err
    assert "deidentification.html" in out
    code, _, err = thirdeye("deidentify", "--release", tmp_path / "out")
    assert code == 2
    assert "--all" in err
    waiting = next((tmp_path / "out-quarantine").rglob("*.png"))
    assert thirdeye("deidentify", "--release", tmp_path / "out", waiting, "--box", "0,0,4,4")[0] == 0
    assert thirdeye("deidentify", "--release", tmp_path / "out", "--all")[0] == 0
    written = [np.asarray(Image.open(path)) for path in (tmp_path / "out").rglob("*.png")]
    assert sorted(int(pixels[0, 0]) for pixels in written) == [0, 90]
    assert all(pixels[7, 7] == 90 for pixels in written)


def test_json_goes_to_stdout(thirdeye: Command, pictures: Path, tmp_path: Path) -> None:
    code, out, _ = thirdeye("deidentify", pictures, tmp_path / "out", "--pixels-are-clean", "--json")
    assert code == 0
    assert json.loads(out)["counts"] == {"written": 2, "left_out": 1}


def test_a_dry_run_says_what_is_there(thirdeye: Command, pictures: Path, tmp_path: Path) -> None:
    code, out, err = thirdeye("deidentify", pictures, tmp_path / "out", "--dry-run")
    assert (code, out) == (0, "")
    assert "2 files of the kind PNG" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--option", "clean-graphics"], "cannot be done"),
        (["--option", "retain-everything"], "no option of PS3.15"),
        (["--blank"], "go with --release"),
        (["third"], "expected SRC and DST"),
    ],
)
def test_wrong_usage(
    thirdeye: Command, pictures: Path, tmp_path: Path, more: list[str], message: str
) -> None:
    code, _, err = thirdeye("deidentify", pictures, tmp_path / "out", *more)
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_nothing_usable_is_refused(thirdeye: Command, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_text("a")
    code, _, err = thirdeye("deidentify", tmp_path / "src", tmp_path / "out")
    assert code == 3
    assert "no file could be de-identified" in err


def test_four_numbers_make_a_box(thirdeye: Command, tmp_path: Path) -> None:
    code, _, err = thirdeye("deidentify", "--release", tmp_path, "a", "--box", "1,2,3")
    assert code == 2
    assert "four whole numbers" in err
