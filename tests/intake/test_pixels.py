from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load_file, load_image


def test_reference_is_the_name_in_the_image(write_images: Callable[..., Path], picture: Callable) -> None:
    folder = write_images("sick/1.png")
    image = load_image(folder, "sick/1.png")
    assert image.source == "sick/1.png"
    assert np.array_equal(image.pixels, picture(0))
    assert load_file(folder / "sick" / "1.png").source == "1.png"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"hello world", "is not an image"),
        (b"%PDF-1.7", "looks like a PDF"),
        (b"<html>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\x89PNG\r\n\x1a\n", "damaged PNG"),
        (b"\xff\xd8\xff", "damaged JPEG"),
        (b"II*\x00", "damaged TIFF"),
        (b"BM", "damaged BMP"),
    ],
)
def test_what_is_no_image_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=reason) as caught:
        load_file(path)
    assert str(tmp_path) not in str(caught.value)
    assert caught.value.exit_code == 3


def test_missing_folder_pipe_and_broken_link(tmp_path: Path) -> None:
    (tmp_path / "d.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere")
    expected = {
        "none.png": "does not exist",
        "d.png": "is a folder",
        "pipe.png": "not a regular file",
        "link.png": "leads nowhere",
        "nul\0.png": "cannot be opened",
    }
    for name, reason in expected.items():
        with pytest.raises(UnreadableFile, match=reason):
            load_image(tmp_path, name)


@pytest.mark.parametrize(
    "name", ["a b.png", "é.png", "new\nline.png", "tab\t\r.png", os.fsdecode(b"caf\xe9.png"), "日本.png"]
)
def test_any_name_can_be_read(write_images: Callable[..., Path], name: str) -> None:
    folder = write_images("plain.png")
    (folder / "plain.png").rename(folder / name)
    assert load_image(folder, name).pixels.shape == (8, 8)


def test_links_out_of_the_folder_are_followed(write_images: Callable[..., Path], tmp_path: Path) -> None:
    folder = write_images("a.png")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "l.png").symlink_to(folder / "a.png")
    assert load_image(tmp_path / "elsewhere", "l.png").pixels.shape == (8, 8)


def test_import_is_light() -> None:
    code = (
        "import sys, thirdeye.intake.pixels; "
        "heavy = {'torch', 'pandas', 'sklearn', 'scipy', 'pydicom', 'matplotlib'} & set(sys.modules); "
        "sys.exit(bool(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora"


@pytest.mark.data
@pytest.mark.skipif(
    not CORPUS.is_dir(), reason="needs the hostile files in ../shared/corpora beside the checkout"
)
def test_hostile_files_end_in_an_image_or_a_reason() -> None:
    """In a process of its own with little memory: a crash or a hang fails the test."""
    code = (
        "import resource, sys, pathlib\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))\n"
        "from thirdeye.errors import UnreadableFile\n"
        "from thirdeye.intake.pixels import load_file\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        image = load_file(pathlib.Path(name))\n"
        "        assert image.pixels.dtype.name in ('uint8', 'uint16', 'float32') and image.pixels.size\n"
        "    except UnreadableFile as error:\n"
        "        assert error.reason and '\\n' not in error.reason, error\n"
        "print('all')\n"
    )
    files = sorted(p for p in (CORPUS / "images-pillow").iterdir() if p.is_file())
    files += sorted(
        p for p in (CORPUS / "generated" / "files").iterdir() if p.suffix in (".dcm", ".png", ".svg")
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, files)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "all\n", done.stderr[-2000:]
    assert len(files) > 100
