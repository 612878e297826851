from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from thirdeye.intake.files import find_files, natural


def test_images_others_and_masks_are_told_apart(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        "a/10.png", "a/2.png", "a/masks/2.png", ".hidden/1.png", "__MACOSX/1.png", "a/._2.png"
    )
    (folder / "a" / "Thumbs.db").write_bytes(b"x")
    (folder / "a" / "notes.txt").write_text("x", encoding="utf-8")
    found = find_files(folder)
    assert found.images == ("a/2.png", "a/10.png")
    assert found.others == ("a/notes.txt",)
    assert found.masks == ("a/masks/2.png",)


def test_files_without_a_suffix_are_looked_into(write_images: Callable[..., Path]) -> None:
    folder = write_images("a/1.png")
    (folder / "a" / "1.png").rename(folder / "a" / "scan")
    (folder / "a" / "IM.0001").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "a" / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "a" / "README").write_text("hello", encoding="utf-8")
    assert set(find_files(folder).images) == {"a/scan", "a/IM.0001"}


def test_loops_of_links_end(write_images: Callable[..., Path]) -> None:
    folder = write_images("a/1.png")
    (folder / "a" / "again").symlink_to(folder)
    (folder / "linked").symlink_to(folder / "a", target_is_directory=True)
    assert [image for image in find_files(folder).images if image.endswith("1.png")]


def test_natural_order() -> None:
    assert sorted(["img10", "img2", "Img1", "b"], key=natural) == ["b", "Img1", "img2", "img10"]
    assert sorted(["²", "a1", "1"], key=natural)


def test_plugins_are_looked_up_late() -> None:
    """Every import would else read the metadata of all that is installed."""
    code = (
        "import importlib.metadata as metadata\n"
        "def refuse(**_): raise AssertionError('plugins were looked up')\n"
        "metadata.entry_points = refuse\n"
        "import thirdeye.intake.clinical, thirdeye.intake.layouts.descend, thirdeye.intake.to_read"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
