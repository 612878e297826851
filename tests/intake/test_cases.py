"""Cases of several images, labels by several annotators, clinical tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.annotators import annotator_columns, majority
from thirdeye.intake.open import open_collection
from thirdeye.intake.views import group_views, view_of

Writer = Callable[..., Path]


@pytest.mark.parametrize(
    ("name", "view", "side"),
    [
        ("axial/OAS1_0072_MR1.jpg", "axial", ""),
        ("mass/p1_L_CC.png", "CC", "L"),
        ("x/12_RMLO.png", "MLO", "R"),
        ("view1_frontal.jpg", "frontal", ""),
        ("00001_PA.png", "PA", ""),
        ("p3/flair.png", "FLAIR", ""),
        ("eye_OD.png", "", "R"),
        ("IM-0115-0001.jpeg", "", ""),
        ("lateralised.png", "", ""),
    ],
)
def test_views_by_name(name: str, view: str, side: str) -> None:
    assert (view_of(name).view, view_of(name).laterality) == (view, side)


def test_four_views_are_one_case_unless_the_sides_differ() -> None:
    names = [f"p{p}_{s}_{v}.png" for p in (1, 2) for s in "LR" for v in ("CC", "MLO")]
    same = group_views(names, ["m"] * 4 + ["b"] * 4)
    assert same is not None
    assert same[0] == ["p1"] * 4 + ["p2"] * 4
    sides = group_views(names, ["m", "m", "b", "b"] + ["b"] * 4)
    assert sides is not None
    assert sides[0][:4] == ["p1/L", "p1/L", "p1/R", "p1/R"]


def test_names_that_only_look_like_views_are_left_alone() -> None:
    assert group_views(["a_l.png", "b_l.png", "c.png"], ["x", "y", "z"]) is None
    assert group_views(["1_lat.png", "1_lat_2.png", "2_lat.png"], ["x"] * 3) is None
    assert group_views(["1_cc.png", "1_mlo.png"], ["x", "y"]) is None


def test_folders_of_views(write_images: Writer) -> None:
    names = [
        f"{label}/{n}_{view}.png"
        for label in ("no", "yes")
        for n in range(2)
        for view in ("frontal", "lateral")
    ]
    collection = open_collection(write_images(*names))
    assert collection.rows["case"].nunique() == 4
    assert set(collection.rows["view"]) == {"frontal", "lateral"}
    assert list(collection.rows["patient"]) == list(collection.rows["case"])  # they stay together


def test_one_row_for_three_planes(write_images: Writer) -> None:
    folder = write_images(*(f"{view}/S{n}_MR1.png" for view in ("axial", "coronal") for n in range(4)))
    (folder / "t.csv").write_text(
        "ID,age,ill\n" + "".join(f"S{n}_MR1,6{n},{n % 2}\n" for n in range(4)), "utf-8"
    )
    collection = open_collection(folder)
    assert (collection.layout, collection.task, len(collection.rows)) == ("table", "binary", 8)
    first = collection.rows[collection.rows["case"] == "S1_MR1"]
    assert list(first["view"]) == ["axial", "coronal"]
    assert set(first["label"]) == {"1"}
    assert set(first["patient"]) == {"S1"}


def test_several_columns_of_images(write_images: Writer) -> None:
    folder = write_images(*(f"{view}{n}.png" for view in ("f", "l") for n in range(3)))
    rows = "".join(
        f"p{n},f{n}.png,{f'l{n}.png' if n else ''},{'sick' if n else 'normal'}\n" for n in range(3)
    )
    (folder / "t.csv").write_text("patient,frontal_path,lateral_path,label\n" + rows, encoding="utf-8")
    collection = open_collection(folder)
    assert list(collection.rows["image"]) == ["f0.png", "f1.png", "l1.png", "f2.png", "l2.png"]
    assert list(collection.rows["view"]) == ["frontal", "frontal", "lateral", "frontal", "lateral"]
    assert collection.rows["case"].nunique() == 3
    assert collection.group == "patient"


def test_case_column(table_folder: Writer) -> None:
    columns = {
        "label": ["no", "no", "yes", "yes"],
        "patient": ["a", "a", "b", "b"],
        "exam_id": ["1", "1", "2", "2"],
    }
    assert list(open_collection(table_folder(**columns)).rows["case"]) == ["1", "1", "2", "2"]


def test_annotator_columns() -> None:
    table = pd.DataFrame(
        {"reader_1": ["a", "b"], "reader_2": ["a", "a"], "r1": ["x", "y"], "age": ["1", "2"]}
    )
    assert annotator_columns(table, ["reader_1", "reader_2", "age"]) == {
        "reader_1": "reader_1",
        "reader_2": "reader_2",
    }
    assert annotator_columns(table, ["reader_1", "age"]) == {}
    assert annotator_columns(pd.DataFrame({"label_1": ["a"], "label_2": ["z"]}), ["label_1", "label_2"]) == {}


def test_majority() -> None:
    decided = majority([("a", "a", "b"), ("a", "b", ""), ("", "", ""), ("b", "", "")])
    assert (decided.labels, decided.tied) == (("a", "", "", "b"), (1,))


def test_labels_of_the_majority(table_folder: Writer) -> None:
    folder = table_folder(
        patient=["p", "q", "r", "s"],
        reader_1=["no", "no", "yes", "yes"],
        reader_2=["no", "yes", "yes", "no"],
        reader_3=["no", "no", "yes", ""],
    )
    collection = open_collection(folder)
    assert list(collection.rows["label"]) == ["no", "no", "yes"]
    assert collection.leftovers["label_tied"] == ("images/3.png",)
    assert len(collection.readings) == 11
    assert set(collection.readings["annotator"]) == {"reader_1", "reader_2", "reader_3"}
    assert any("that of the majority; 1 tie left out" in sentence for sentence in collection.understood)


def test_a_label_column_decides_over_annotators(table_folder: Writer) -> None:
    folder = table_folder(
        patient=["p", "q"], diagnosis=["yes", "no"], reader_1=["no", "no"], reader_2=["no", "yes"]
    )
    collection = open_collection(folder)
    assert list(collection.rows["label"]) == ["yes", "no"]
    assert len(collection.readings) == 4


def test_annotators_below_each_other(write_images: Writer) -> None:
    folder = write_images("0.png", "1.png", "2.png")
    said = [
        ("0", "A", "no"),
        ("0", "B", "no"),
        ("1", "A", "yes"),
        ("1", "B", "yes"),
        ("2", "A", "yes"),
        ("2", "B", "no"),
    ]
    lines = "".join(f"{image}.png,{who},{label},p{image}\n" for image, who, label in said)
    (folder / "t.csv").write_text("image,annotator,label,patient\n" + lines, encoding="utf-8")
    collection = open_collection(folder)
    assert dict(zip(collection.rows["image"], collection.rows["label"], strict=True)) == {
        "0.png": "no",
        "1.png": "yes",
    }
    assert collection.leftovers["label_tied"] == ("2.png",)
    assert len(collection.readings) == 6


def test_clinical_table_beside_the_images(table_folder: Writer) -> None:
    folder = table_folder(label=["no", "yes", "yes"], patient=["01", "02", "03"])
    (folder / "visits.csv").write_text("subject,age,label\n1,50,x\n2,60,y\n9,70,z\n", encoding="utf-8")
    collection = open_collection(folder)
    assert list(collection.rows["age"]) == ["50", "60", ""]
    assert list(collection.rows["label"]) == ["no", "yes", "yes"]
    assert list(collection.rows["label_in_clinical"]) == ["x", "y", ""]
    assert any("2 of 3 patients matched" in sentence for sentence in collection.understood)
    assert collection.leftovers["clinical_without_image"] == ("subject 9",)
    assert collection.leftovers["image_without_clinical"] == ("images/2.png",)


def test_clinical_table_by_option(table_folder: Writer, tmp_path: Path) -> None:
    folder = table_folder(label=["no", "yes"], patient=["a", "b"])
    table = tmp_path / "clinic.csv"
    table.write_text("patient,crp\nA,1\na,2\nb,3\nb,4\n", encoding="utf-8")
    collection = open_collection(folder, clinical=table)
    assert list(collection.rows["crp"]) == ["2", "3"]
    assert collection.leftovers["clinical_repeated"] == ("patient b",)
    table.write_text("name,crp\nx,7\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"--clinical clinic\.csv: no column holds the patients"):
        open_collection(folder, clinical=table)
    with pytest.raises(UsageError, match="expected a table"):
        open_collection(folder, clinical=tmp_path / "none.csv")


def test_tables_that_bring_nothing_are_not_joined(table_folder: Writer) -> None:
    folder = table_folder(label=["no", "yes"], patient=["a", "b"])
    (folder / "again.csv").write_text("patient,label\na,1\na,2\n", encoding="utf-8")
    assert list(open_collection(folder).rows.columns)[-1] == "site"


def test_masks_beside_classes_are_kept(write_images: Writer) -> None:
    folder = write_images("no/images/1.png", "no/masks/1.png", "yes/images/2.png", "yes/masks/2.png")
    collection = open_collection(folder)
    assert list(collection.masks["mask"]) == ["no/masks/1.png", "yes/masks/2.png"]
    assert "mask" not in collection.leftovers


def test_masks_called_like_their_image_are_not_of_a_class(write_images: Writer) -> None:
    """As in BUSI: ``benign (1).png`` and ``benign (1)_mask.png`` in one folder."""
    names = [f"{label}/{label} ({n}){end}.png" for label in ("benign", "malignant") for n in (1, 2)
             for end in ("", "_mask", "_mask_1")]  # fmt: skip
    collection = open_collection(write_images(*names))
    assert (collection.layout, len(collection.rows), len(collection.masks)) == ("class-folders", 4, 8)


def test_two_images_of_one_view_are_still_ambiguous(write_images: Writer) -> None:
    folder = write_images("a/1.png", "b/1.png")
    (folder / "t.csv").write_text("ID,label,patient\n1,no,a\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="each fit several files"):
        open_collection(folder)


@pytest.mark.parametrize("names", ["m{}.png", "images/m{}.png", "m{}"])
def test_a_table_beside_masks_names_the_patients(write_images: Callable[..., Path], names: str) -> None:
    folder = write_images(*[f"{part}/m{n}.png" for n in range(6) for part in ("images", "masks")])
    rows = [f"{names.format(n)},p{n // 2},{40 + n}" for n in range(6)]
    (folder / "cases.csv").write_text("\n".join(["file,patient,age", *rows]), encoding="utf-8")
    collection = open_collection(folder)
    assert list(collection.rows["patient"]) == ["p0", "p0", "p1", "p1", "p2", "p2"]
    assert (collection.patient_origin, collection.group) == ("column", "patient")
    assert collection.patient_known
    assert "Images are kept together by column 'patient': 3 patients." in collection.understood
    assert list(collection.rows["age"]) == ["40", "41", "42", "43", "44", "45"]
    alone = open_collection(folder, patient_is_image=True)
    assert (alone.patient_origin, alone.group) == ("option", "image")


def test_a_table_that_leaves_out_patients_is_not_believed(write_images: Callable[..., Path]) -> None:
    folder = write_images(*[f"{part}/m{n}.png" for n in range(4) for part in ("images", "masks")])
    (folder / "cases.csv").write_text("file,patient\nm0,a\nm1,a\nm2,b\nm3,\n", encoding="utf-8")
    collection = open_collection(folder)
    assert not collection.patient_known
    assert any("names no patient for 1 image" in sentence for sentence in collection.understood)
