"""Images that belong together, told from names and columns; and names that only look as if they did."""

from __future__ import annotations

import pandas as pd
import pytest

from thirdeye.intake.related.augmented_names import augmented_groups
from thirdeye.intake.related.file_parts import parts_of_one_file
from thirdeye.intake.related.kinship import kinships
from thirdeye.intake.related.slice_names import slice_groups
from thirdeye.intake.related.study_columns import study_groups


def _sets(groups: tuple[tuple[str, ...], ...]) -> set[frozenset[str]]:
    return {frozenset(group) for group in groups}


@pytest.mark.parametrize(
    "pattern",
    ["case{t}_slice{n:03d}.png", "{t}-frame-{n}.jpg", "vol{t}.z{n}.png", "slice{n}_case{t}.png"],
)
def test_slices_are_grouped_by_what_stands_around_the_number(pattern: str) -> None:
    names = [pattern.format(t=t, n=n) for t in range(3) for n in range(4)]
    assert _sets(slice_groups(names)) == {frozenset(names[at : at + 4]) for at in (0, 4, 8)}


def test_slices_named_by_number_alone_belong_to_their_folder() -> None:
    names = [f"v{volume}/slice_{n}.png" for volume in range(3) for n in range(5)]
    assert _sets(slice_groups(names)) == {frozenset(names[at : at + 5]) for at in (0, 5, 10)}


def test_slices_of_one_volume_are_found_across_folders() -> None:
    names = [f"{'test' if n == 3 else 'train'}/case{t}_slice{n}.png" for t in range(3) for n in range(4)]
    assert _sets(slice_groups(names)) == {frozenset(names[at : at + 4]) for at in (0, 4, 8)}


def test_folders_that_count_anew_hold_different_volumes() -> None:
    names = [f"{label}/{t}_slice{n}.png" for label in ("yes", "no") for t in range(2) for n in range(3)]
    assert all(len({name.split("/")[0] for name in group}) == 1 for group in slice_groups(names))
    assert len(slice_groups(names)) == 4


@pytest.mark.parametrize(
    "names",
    [
        [f"ISIC_{n:07d}.jpg" for n in range(20)],
        [f"{n:08d}_{k:03d}.png" for n in range(9) for k in range(2)],
        [f"IM-{n:04d}-0001.jpeg" for n in range(20)],
        [f"one_slice{n}.png" for n in range(20)],
        [f"a_slice{n}.png" for n in range(2)] + [f"photo {n}.png" for n in range(40)],
        [f"slice_of_life_{n}.png" for n in range(20)],
    ],
)
def test_other_names_are_not_slices(names: list[str]) -> None:
    assert slice_groups(names) == ()


@pytest.mark.parametrize(
    "copies",
    [
        ["IM7_aug_0.png", "IM7_aug_1.png", "IM7.png"],
        ["train/IM7_hflip.png", "test/IM7.png"],
        ["IM7-rot90.png", "IM7.png"],
        ["aug_0_IM7.png", "aug_1_IM7.png", "IM7.png"],
        [f"IM7_png.rf.{'0123456789abcdef' * 2}.jpg", f"IM7_png.rf.{'f' * 32}.jpg"],
        ["ISIC_0024306_transformed_1.jpg", "ISIC_0024306.jpg"],
    ],
)
def test_augmented_copies_find_their_original(copies: list[str]) -> None:
    others = [f"IM{n}.png" for n in range(10, 20)] + ["IM9_aug_0.png"]
    assert augmented_groups([*copies, *others]) == (tuple(copies),)


@pytest.mark.parametrize(
    "names",
    [
        ["crop_1.png", "crop_2.png", "crop_3.png"],
        ["Contrast 1.png", "Contrast 2.png"],
        ["rotterdam_1.png", "rotterdam_2.png"],
        ["yes/crop_1.png", "no/crop_1.png", "yes/crop_2.png", "no/crop_2.png"],
        ["CT_no_contrast_12.png", "CT_no_contrast_13.png"][:1],
    ],
)
def test_other_names_are_not_augmented(names: list[str]) -> None:
    assert augmented_groups(names) == ()


def test_frames_and_tiles_of_one_file() -> None:
    images = ["a.dcm#frame=0", "a.dcm#frame=1", "b.svs#tile=0,0,9", "c.png", "CT#series=1f", "CT#series=2e"]
    assert parts_of_one_file(images) == (("a.dcm#frame=0", "a.dcm#frame=1"),)


def _rows(**columns: list[str]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    rows = pd.DataFrame({"image": [f"{n}.png" for n in range(length)], **columns})
    return rows.assign(patient=columns.get("patient", [""] * length))


def test_studies_by_column() -> None:
    rows = _rows(StudyInstanceUID=["1.2", "1.2", "1.3", "1.4", "", "1.3"], age=["1"] * 6)
    assert study_groups(rows) == [("StudyInstanceUID", (("0.png", "1.png"), ("2.png", "5.png")))]


@pytest.mark.parametrize(
    "rows",
    [
        _rows(study=["ACRIN"] * 6 + ["NLST"] * 2),  # the name of a project
        _rows(exam=["1", "2"] * 4, patient=["a", "a", "b", "b", "c", "c", "d", "d"]),  # number of a visit
        _rows(series=[str(n) for n in range(8)]),
        _rows(colour=["1", "1", "2", "2"]),
    ],
)
def test_columns_that_name_no_study(rows: pd.DataFrame) -> None:
    assert study_groups(rows) == []


def test_every_way_is_told_with_its_origin() -> None:
    rows = _rows(study=["x", "x", "y", "y", "z"])
    (kinship,) = kinships(rows)
    assert (kinship.kind, kinship.origin) == ("study", "column 'study'")
