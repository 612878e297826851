from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from thirdeye.intake.name_index import NameIndex

FILES = ["images/ISIC_1.jpg", "images/sub/2.png", "é.png", "a/x.png", "b/x.png"]


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("images/ISIC_1.jpg", "images/ISIC_1.jpg"),
        ("./images/ISIC_1.jpg", "images/ISIC_1.jpg"),
        ("images\\ISIC_1.jpg", "images/ISIC_1.jpg"),
        ("/kaggle/input/images/ISIC_1.jpg", "images/ISIC_1.jpg"),
        ("ISIC_1.jpg", "images/ISIC_1.jpg"),
        ("ISIC_1", "images/ISIC_1.jpg"),
        ("isic_1.JPEG", "images/ISIC_1.jpg"),
        ("sub/2", "images/sub/2.png"),
        ("2", "images/sub/2.png"),
        (unicodedata.normalize("NFD", "é.png"), "é.png"),
        ("b/x.png", "b/x.png"),
        ("3", ""),
        ("", ""),
        ("x.png", ""),
    ],
)
def test_cells_find_their_files(cell: str, file: str) -> None:
    assert NameIndex(Path("data"), FILES).match([cell]).references == (file,)


def test_ambiguous_names_list_their_files() -> None:
    matches = NameIndex(Path("data"), FILES).match(["x.png", "a/x.png"])
    assert matches.ambiguous == (("x.png", ("a/x.png", "b/x.png")),)
    assert matches.share == 0.5


def test_full_paths_have_the_higher_quality() -> None:
    index = NameIndex(Path("data"), FILES)
    assert index.match(["images/ISIC_1.jpg"]).quality > index.match(["ISIC_1.jpg"]).quality
    assert index.match(["ISIC_1.jpg"]).quality > index.match(["ISIC_1"]).quality


def test_files_outside_the_root_become_relative(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "scan.png").write_bytes(b"x")
    index = NameIndex(tmp_path / "data", [])
    assert index.match(["../scan.png", str(tmp_path / "scan.png"), "/none.png", "../\0"]).references == (
        "../scan.png",
        "../scan.png",
        "",
        "",
    )
