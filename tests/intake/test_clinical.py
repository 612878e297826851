"""Whose an image is, as a joined table says it: believed only where it is said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.intake.clinical import find_join
from thirdeye.intake.open import open_collection


def images(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"image": names, "case": names, "patient": ""})


def test_names_of_files_are_found_behind_their_folders_and_endings() -> None:
    table = pd.DataFrame({"file": ["x/a.png", "x/b.nii.gz"], "age": ["1", "2"]})
    join = find_join(images("images/a.png", "images/b.nii.gz"), table)
    assert join is not None
    assert (join.unit, join.matched, list(join.keys)) == ("image", 2, ["x/a.png", "x/b.nii.gz"])


def test_a_name_that_the_table_writes_in_several_ways_joins_nothing() -> None:
    table = pd.DataFrame({"file": ["x/a.png", "y/a.png", "x/b.png"], "age": ["1", "2", "3"]})
    join = find_join(images("images/a.png", "images/b.png"), table)
    assert join is not None
    assert list(join.keys) == ["", "x/b.png"]


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        (["m0,a", "m1,a", "m2,b", "m2,c"], "file 'm2' has several patients"),
        (["m0,a", "m1,a", "m2,b", "m2,b"], ""),
    ],
)
def test_an_image_with_two_patients_is_not_believed(
    write_images: Callable[..., Path], tmp_path: Path, rows: list[str], doubt: str
) -> None:
    folder = write_images(*[f"{part}/m{n}.png" for n in range(3) for part in ("images", "masks")])
    table = tmp_path / "elsewhere.csv"
    table.write_text("\n".join(["file,patient", *rows]), encoding="utf-8")
    collection = open_collection(folder, clinical=str(table))
    assert collection.patient_known is not bool(doubt)
    assert any(doubt in sentence for sentence in collection.understood)
