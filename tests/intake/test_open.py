from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection
from thirdeye.intake.reading import CORE_COLUMNS
from thirdeye.intake.reference import as_reference


def test_class_folders_need_no_configuration(class_folders: Callable[..., Path]) -> None:
    collection = open_collection(class_folders({"normal": 2, "pneumonia": 3}))
    assert collection.layout == "class-folders"
    assert collection.task == "binary"
    assert collection.classes == ("normal", "pneumonia")
    assert collection.positive == "pneumonia"
    assert not collection.patient_known
    assert collection.group == "image"
    assert list(collection.rows.columns) == list(CORE_COLUMNS)
    assert list(collection.rows["image"]) == [
        *(f"normal/{n}.png" for n in range(2)),
        *(f"pneumonia/{n}.png" for n in range(3)),
    ]
    assert any("pneumonia counts as positive" in sentence for sentence in collection.understood)


def test_wrapping_folders_are_entered(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        "archive/chest/sick/1.png", "archive/chest/normal/2.png", "__MACOSX/archive/x/3.png"
    )
    collection = open_collection(folder)
    assert collection.root == folder / "archive" / "chest"
    assert collection.classes == ("normal", "sick")


def test_split_folders(write_images: Callable[..., Path]) -> None:
    parts = {"Training": "train", "valid": "validation", "TEST": "test"}
    folder = write_images(
        *(f"{part}/{label}/{n}.png" for part in parts for label in ("no", "yes") for n in range(2))
    )
    collection = open_collection(folder)
    assert collection.layout == "split-folders"
    assert collection.split_origin == "folders"
    for _, row in collection.rows.iterrows():
        assert row["split"] == parts[row["image"].split("/")[0]]
        assert row["label"] == row["image"].split("/")[1]


def test_unlabelled_test_folder_is_left_aside_and_said(write_images: Callable[..., Path]) -> None:
    collection = open_collection(write_images("train/no/1.png", "train/yes/2.png", "test/3.png"))
    assert set(collection.rows["split"]) == {"train"}
    assert collection.leftovers["outside_class"] == ("test/3.png",)
    assert any("test (left aside" in sentence for sentence in collection.understood)


def test_split_folders_without_classes_are_refused(write_images: Callable[..., Path]) -> None:
    with pytest.raises(DataRefused, match="no class folders"):
        open_collection(write_images("train/1.png", "test/2.png"))
    with pytest.raises(DataRefused, match="all mean the part 'validation'"):
        open_collection(write_images("train/a/1.png", "val/a/1.png", "valid/a/1.png"))


def test_patient_folders(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        *(f"{patient}/{label}/x{n}.png" for patient in range(100, 106) for label in "01" for n in range(2))
    )
    collection = open_collection(folder)
    assert collection.layout == "patient-folders"
    assert collection.patient_known
    assert collection.classes == ("0", "1")
    assert collection.rows["patient"].nunique() == 6


def test_patients_from_folders_below_classes(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        *(f"{label}/{label[0]}{p}/{n}.png" for label in ("sick", "well") for p in range(3) for n in range(2))
    )
    collection = open_collection(folder, positive="sick")
    assert collection.patient_known
    assert collection.patient_origin == "folder"
    assert collection.rows["patient"].nunique() == 6


def test_patients_from_file_names_are_said(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        *(f"{label}/patient{p}_{n}.png" for label, p in (("ill", 1), ("ill", 2), ("ok", 3)) for n in range(2))
    )
    collection = open_collection(folder, positive="ill")
    assert collection.patient_origin == "file name"
    assert collection.patient_known
    assert any("recognised in file names" in sentence for sentence in collection.understood)


def test_patient_option_of_folders_is_an_expression(write_images: Callable[..., Path]) -> None:
    folder = write_images("ill/K7-1.png", "ill/K7-2.png", "ok/K8-1.png")
    collection = open_collection(folder, positive="ill", patient=r"(K\d+)-")
    assert list(collection.rows["patient"]) == ["K7", "K7", "K8"]
    assert collection.patient_known


def test_table_with_everything(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(
        Diagnosis=["benign", "malignant"] * 3,
        patient_id=["a", "a", "b", "b", "c", "c"],
        split=["train", "train", "val", "val", "test", "test"],
        Hospital=["X", "X", "Y", "Y", "X", "X"],
        age=[50, 50, 60, 60, "", ""],
        case=["c1", "c1", "c2", "c2", "c3", "c3"],
    )
    collection = open_collection(folder)
    rows = collection.rows
    assert collection.layout == "table"
    assert collection.patient_known
    assert collection.group == "patient_id"
    assert list(rows["patient"]) == ["a", "a", "b", "b", "c", "c"]
    assert list(rows["split"]) == ["train", "train", "validation", "validation", "test", "test"]
    assert list(rows["site"]) == ["X", "X", "Y", "Y", "X", "X"]
    assert [float(age) for age in rows["age"] if age] == [50, 50, 60, 60]
    assert list(rows["case_in_table"]) == ["c1", "c1", "c2", "c2", "c3", "c3"]
    assert list(rows["case"]) == list(rows["image"])
    assert open_collection(folder / "cases.csv").rows.equals(rows)


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "tsv"])
def test_other_tables(write_images: Callable[..., Path], suffix: str) -> None:
    folder = write_images("1.png", "2.png")
    frame = pd.DataFrame({"file": ["1", "2"], "label": ["yes", "no"], "subject": [7, 8]})
    path = folder / f"t.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, sep="\t", index=False)
    collection = open_collection(folder)
    assert list(collection.rows["image"]) == ["1.png", "2.png"]
    assert list(collection.rows["patient"]) == ["7", "8"]


def test_table_beats_folders(write_images: Callable[..., Path]) -> None:
    folder = write_images("a/1.png", "b/2.png")
    (folder / "t.csv").write_text("image,label,patient\n1,sick,p\n2,normal,q\n", encoding="utf-8")
    assert open_collection(folder).positive == "sick"
    assert open_collection(folder, layout="class-folders", positive="a").layout == "class-folders"


def test_unrelated_tables_do_not_disturb_folders(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"no": 1, "yes": 1})
    (folder / "results.csv").write_text("model,score\nx,1\n", encoding="utf-8")
    assert open_collection(folder).layout == "class-folders"


def test_columns_by_option(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(image="foo", a=["x", "y"], b=["p", "q"], c=["test", "train"], d=["h", "i"])
    collection = open_collection(
        folder,
        image_column="foo",
        label_column="a",
        patient="b",
        split_column="c",
        site_column="d",
        positive="x",
    )
    assert collection.rows.iloc[0][list(CORE_COLUMNS)].tolist() == [
        "images/0.png",
        "images/0.png",
        "p",
        "x",
        "test",
        "h",
    ]


@pytest.mark.parametrize("option", ["image_column", "label_column", "patient", "split_column", "site_column"])
def test_columns_that_do_not_exist_are_usage_errors(table_folder: Callable[..., Path], option: str) -> None:
    folder = table_folder(label=["no", "yes"], patient=["a", "b"])
    with pytest.raises(UsageError, match=r"nope.*label"):
        open_collection(folder, **{option: "nope"})


def test_split_column_can_be_declined(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=["no", "yes"], patient=["a", "b"], split=["train", "test"])
    assert set(open_collection(folder, split_column="none").rows["split"]) == {""}
    with pytest.raises(DataRefused, match="should say train"):
        open_collection(folder, split_column="patient")


def test_rows_and_files_that_do_not_match_are_kept_in_mind(write_images: Callable[..., Path]) -> None:
    folder = write_images("1.png", "2.png", "3.png", "4.png")
    (folder / "t.csv").write_text(
        "image,label,patient\n1,yes,a\n1,yes,a\n2,no,b\n3,,c\n9,no,d\n", encoding="utf-8"
    )
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    leftovers = open_collection(folder).leftovers
    assert leftovers["row_without_file"] == ("9",)
    assert leftovers["row_without_label"] == ("3.png",)
    assert leftovers["repeated_row"] == ("1.png",)
    assert leftovers["file_without_row"] == ("4.png",)
    assert leftovers["not_an_image"] == ("notes.txt",)


def test_table_without_patients_is_refused_with_both_ways_out(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=["no", "yes"])
    with pytest.raises(DataRefused, match=r"--patient COLUMN.*--patient-is-image"):
        open_collection(folder)
    declared = open_collection(folder, patient_is_image=True)
    assert declared.patient_known
    assert declared.group == "image"
    assert list(declared.rows["patient"]) == list(declared.rows["image"])


def test_every_image_a_patient_overrules_the_patient_column(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=["no", "yes"], patient=["a", "a"])
    assert any("kept together by column 'patient'" in s for s in open_collection(folder).understood)
    told = open_collection(folder, patient_is_image=True).understood
    assert any("Every image counts as a patient" in sentence for sentence in told)
    assert not any("kept together" in sentence for sentence in told)


def test_several_tables_are_explained_or_refused(table_folder: Callable[..., Path]) -> None:
    folder = table_folder("a.csv", label=["no", "yes"], patient=["a", "b"])
    more = pd.read_csv(folder / "a.csv")
    pd.concat([more, more.assign(image=["x.png", "y.png"])]).to_csv(folder / "all.csv", index=False)
    collection = open_collection(folder)
    assert any("a.csv was taken" in sentence for sentence in collection.understood)
    more.to_csv(folder / "b.csv", index=False)
    with pytest.raises(DataRefused, match=r"several tables.*a\.csv"):
        open_collection(folder)
    assert len(open_collection(folder / "b.csv").rows) == 2


def test_one_table_per_part(write_images: Callable[..., Path]) -> None:
    folder = write_images("1.png", "2.png", "3.png")
    for number, part in enumerate(("train", "val", "test"), 1):
        (folder / f"{part}_labels.csv").write_text(
            f"image,label,patient\n{number},{'no' if number == 2 else 'yes'},p{number}\n", encoding="utf-8"
        )
    rows = open_collection(folder).rows
    assert dict(zip(rows["image"], rows["split"], strict=True)) == {
        "1.png": "train",
        "2.png": "validation",
        "3.png": "test",
    }


def test_ambiguous_names_are_refused(write_images: Callable[..., Path]) -> None:
    folder = write_images("old/1.png", "new/1.png", "old/2.png", "new/2.png")
    (folder / "t.csv").write_text("ID,label,patient\n1,no,a\n2,yes,b\n", encoding="utf-8")
    with pytest.raises(DataRefused, match=r"'1': new/1\.png, old/1\.png"):
        open_collection(folder)


def test_table_whose_files_are_missing_is_refused(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"no": 2, "yes": 2})
    (folder / "t.csv").write_text("image,label,patient\nz1.png,no,0\nz2.png,yes,1\n", encoding="utf-8")
    with pytest.raises(DataRefused, match=r"column 'image' \(for example 'z1\.png'\), but none"):
        open_collection(folder)
    assert len(open_collection(folder, layout="class-folders").rows) == 4
    with pytest.raises(DataRefused, match=r"no column of t\.csv names image files"):
        open_collection(folder / "t.csv")


def test_label_column_that_is_not_recognised_lists_the_columns(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(finding_x=["a", "b"], patient=["a", "b"])
    with pytest.raises(DataRefused, match=r"--label-column, one of: finding_x \(2 values\)"):
        open_collection(folder)


def test_measurements_and_names_are_no_labels(table_folder: Callable[..., Path]) -> None:
    numbers = [f"{value / 7:.3f}" for value in range(1, 31)]
    folder = table_folder(label=numbers, patient=[str(n) for n in range(30)])
    with pytest.raises(DataRefused, match="measurements"):
        open_collection(folder)


def test_as_many_labels_as_rows(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=[f"x{n}" for n in range(30)], patient=[str(n) for n in range(30)])
    with pytest.raises(DataRefused, match="seems to name images"):
        open_collection(folder)


@pytest.mark.parametrize("task", [None, "multilabel"])
def test_several_labels_joined_by_bars(table_folder: Callable[..., Path], task: str | None) -> None:
    folder = table_folder(**{"Finding Labels": ["a|b", "No Finding", "b", "a"], "patient": list("wxyz")})
    collection = open_collection(folder, task=task)
    assert collection.task == "multilabel"
    assert collection.classes == ("a", "b")
    assert list(collection.rows["label"]) == ["a|b", "", "b", "a"]


def test_several_columns_of_zeros_and_ones(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(edema=[1, 1, 0], mass=[0, 1, 0], sex=[0, 1, 1], patient=list("xyz"))
    collection = open_collection(folder)
    assert collection.task == "multilabel"
    assert collection.classes == ("edema", "mass")
    assert list(collection.rows["label"]) == ["edema", "edema|mass", ""]


def test_one_hot_columns_are_classes(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(MEL=[1.0, 0.0, 0.0], NV=[0.0, 1.0, 0.0], BCC=[0.0, 0.0, 1.0], patient=list("xyz"))
    collection = open_collection(folder)
    assert collection.task == "multiclass"
    assert collection.classes == ("MEL", "NV", "BCC")
    assert list(collection.rows["label"]) == ["MEL", "NV", "BCC"]


def test_uncertain_labels_are_refused(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(edema=[1, -1, 0], mass=[0, 1, 0], patient=list("xyz"))
    with pytest.raises(DataRefused, match="'-1'"):
        open_collection(folder, label_column="edema,mass")


def test_long_form_of_several_labels(write_images: Callable[..., Path]) -> None:
    folder = write_images("1.png", "2.png")
    (folder / "t.csv").write_text("image,label,patient\n1,a,p\n1,b,p\n2,b,q\n", encoding="utf-8")
    collection = open_collection(folder, task="multilabel")
    assert dict(zip(collection.rows["image"], collection.rows["label"], strict=True)) == {
        "1.png": "a|b",
        "2.png": "b",
    }


def test_grades(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(level=[2, 0, 1, 10], patient=list("wxyz"))
    collection = open_collection(folder)
    assert collection.task == "ordinal"
    assert collection.classes == ("0", "1", "2", "10")
    assert open_collection(folder, task="multiclass").task == "multiclass"


def test_order_by_option(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"blue": 1, "green": 1, "red": 1})
    assert open_collection(folder).task == "multiclass"
    collection = open_collection(folder, order=["red", "blue", "green"])
    assert (collection.task, collection.classes) == ("ordinal", ("red", "blue", "green"))
    with pytest.raises(DataRefused, match="--order LEAST"):
        open_collection(folder, task="ordinal")
    with pytest.raises(UsageError, match="each of blue, green, red once"):
        open_collection(folder, order=["red", "blue"])


def test_integer_classes_hint_at_grades(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=["0.0", "1.0", "2.0"], patient=list("xyz"))
    collection = open_collection(folder)
    assert collection.classes == ("0", "1", "2")
    assert any("--task ordinal" in sentence for sentence in collection.understood)


def test_positive_class_is_asked_for_never_guessed(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"cat": 1, "fat dog": 1})
    with pytest.raises(DataRefused, match='--positive cat or --positive "fat dog"'):
        open_collection(folder)
    collection = open_collection(folder, positive="cat")
    assert collection.classes == ("fat dog", "cat")
    with pytest.raises(UsageError, match="no such class"):
        open_collection(folder, positive="cow")


def test_options_that_do_not_fit(class_folders: Callable[..., Path], tmp_path: Path) -> None:
    folder = class_folders({"a": 1, "b": 1, "c": 1})
    with pytest.raises(UsageError, match="--positive 'a' is for two classes"):
        open_collection(folder, positive="a")
    with pytest.raises(DataRefused, match="--task binary needs two classes"):
        open_collection(folder, task="binary")
    with pytest.raises(UsageError, match="expected one of"):
        open_collection(folder, task="regression")
    with pytest.raises(UsageError, match="did you mean"):
        open_collection(folder, layout="class-folder")
    with pytest.raises(UsageError, match="there is no file or folder"):
        open_collection(tmp_path / "nothing")


def test_spellings_are_joined(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(
        label=["Benign", "benign", "benign", "MALIGNANT", "malignant ", "malignant"], patient=list("abcdef")
    )
    collection = open_collection(folder)
    assert collection.classes == ("benign", "malignant")
    assert any("Spellings were joined" in sentence for sentence in collection.understood)


def test_empty_and_unlabelled_data(tmp_path: Path, write_images: Callable[..., Path]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataRefused, match="is empty"):
        open_collection(tmp_path / "empty")
    (tmp_path / "empty" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataRefused, match="no image that is read here"):
        open_collection(tmp_path / "empty")
    with pytest.raises(DataRefused, match="neither a folder"):
        open_collection(tmp_path / "empty" / "a.txt")
    folder = write_images("1.png", "2.png")
    with pytest.raises(DataRefused, match="2 images but no labels"):
        open_collection(folder)
    with pytest.raises(DataRefused, match="is one image"):
        open_collection(folder / "1.png")
    (folder / "scan.dcm").write_bytes(bytes(128) + b"DICM")
    with pytest.raises(DataRefused, match="is one image; name the folder"):
        open_collection(folder / "scan.dcm")


def test_forced_table_without_a_table(class_folders: Callable[..., Path]) -> None:
    with pytest.raises(DataRefused, match="no table in the folder"):
        open_collection(class_folders({"a": 1, "b": 1}), layout="table")


def test_names_with_anything_in_them(write_images: Callable[..., Path]) -> None:
    names = ["a b/1 2.png", "a b/é\n.png", "bénin/ü,;'\".png", os.fsdecode(b"b\xe9nin/x\xe9.png")]
    collection = open_collection(write_images(*names), positive="a b")
    assert set(collection.rows["image"]) == {as_reference(name) for name in names}
    examination = examine(collection)
    assert not examination.facts["error"].any()
    assert b"\xef\x9f\xa9" in collection.rows["image"].str.cat().encode()
    assert collection.classes == ("bénin", "a b")


def test_two_hundred_classes(class_folders: Callable[..., Path]) -> None:
    collection = open_collection(class_folders({f"c{n}": 1 for n in range(200)}))
    assert len(collection.classes) == 200
    assert collection.classes[:3] == ("c0", "c1", "c2")


def test_medmnist(tmp_path: Path) -> None:
    arrays = {}
    for part, size in (("train", 6), ("val", 2), ("test", 4)):
        arrays[f"{part}_images"] = np.zeros((size, 28, 28), np.uint8)
        arrays[f"{part}_labels"] = np.arange(size).reshape(-1, 1).astype(np.uint8) % 2
    np.savez(tmp_path / "breastmnist_28.npz", **arrays)
    collection = open_collection(tmp_path)
    assert collection.positive == "malignant"
    assert collection.rows.iloc[0][["image", "label", "split"]].tolist() == ["train/0", "malignant", "train"]
    np.savez(tmp_path / "unknown.npz", **arrays)
    with pytest.raises(DataRefused, match="several archives"):
        open_collection(tmp_path)
    with pytest.raises(DataRefused, match='--positive "class 0"'):
        open_collection(tmp_path / "unknown.npz")
    np.savez(
        tmp_path / "retinamnist.npz",
        **{k: v.astype(np.uint8) * 3 if "labels" in k else v for k, v in arrays.items()},
    )
    retina = open_collection(tmp_path / "retinamnist.npz", task="ordinal", order=["grade 0", "grade 3"])
    assert retina.task == "ordinal"
    with pytest.raises(UsageError, match="archive holds no patients"):
        open_collection(tmp_path / "breastmnist_28.npz", patient="x")


def test_medmnist_several_labels(tmp_path: Path) -> None:
    labels = np.zeros((3, 14), np.uint8)
    labels[0, [0, 13]] = 1
    labels[1, 6] = 1
    np.savez(tmp_path / "chestmnist.npz", train_images=np.zeros((3, 4, 4), np.uint8), train_labels=labels)
    collection = open_collection(tmp_path / "chestmnist.npz")
    assert collection.task == "multilabel"
    assert list(collection.rows["label"]) == ["atelectasis|hernia", "pneumonia", ""]


def test_other_archives_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros(3))
    with pytest.raises(DataRefused, match="expected arrays train_images"):
        open_collection(tmp_path / "a.npz")
    np.savez(
        tmp_path / "b.npz", train_images=np.zeros((2, 4, 4, 4), np.uint8), train_labels=np.zeros(2, np.uint8)
    )
    with pytest.raises(DataRefused, match="Three-dimensional"):
        open_collection(tmp_path / "b.npz")
    np.savez(
        tmp_path / "c.npz", train_images=np.zeros((2, 4, 4), np.uint8), train_labels=np.zeros(3, np.uint8)
    )
    with pytest.raises(DataRefused, match="2 images but 3 labels"):
        open_collection(tmp_path / "c.npz")


def test_image_files_are_not_opened_before_the_examination(tmp_path: Path) -> None:
    for label in ("no", "yes"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "x.png").write_bytes(b"not an image")
    assert len(open_collection(tmp_path).rows) == 2
    Image.new("L", (2, 2)).save(tmp_path / "no" / "y.png")
    assert len(open_collection(tmp_path).rows) == 3


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "images", "layout", "task", "positive", "group"),
    [
        ("medmnist/breastmnist.npz", 780, "medmnist", "binary", "malignant", "image"),
        ("medmnist/pneumoniamnist.npz", 5856, "medmnist", "binary", "pneumonia", "image"),
        ("ham10000_subset", 1860, "table", "multiclass", None, "lesion_id"),
        ("chest_xray_pneumonia_pediatric", 1589, "table", "binary", "PNEUMONIA", "patient"),
        ("covid_xray_3class", 372, "table", "multiclass", None, "nih_patient"),
        ("oasis1_slices_clinical", 588, "table", "binary", "1", "patient"),
        ("brain_mri_tumor_253", 253, "class-folders", "binary", "yes", "image"),
    ],
)
def test_real_sets_open_without_configuration(
    shared_data: Path, name: str, images: int, layout: str, task: str, positive: str | None, group: str
) -> None:
    collection = open_collection(shared_data / name)
    assert len(collection.rows) == images
    assert (collection.layout, collection.task, collection.positive, collection.group) == (
        layout,
        task,
        positive,
        group,
    )


@pytest.mark.data
def test_real_sets_that_cannot_be_understood_are_refused(shared_data: Path) -> None:
    for name, words in (
        ("medmnist", "several archives"),
        ("heart_sounds_4class", "not a MedMNIST archive"),
        ("dicom_transfer_syntaxes", "no labels"),
    ):
        with pytest.raises(DataRefused, match=words):
            open_collection(shared_data / name)
