from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from thirdeye.case.volume import Volume
from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load

Writer = Callable[..., list[Path]]
SECRETS = ("SECRET", "ACC-", "St Elsewhere", "1.2.826")


@pytest.fixture
def hospital(write_series: Writer, tmp_path: Path) -> Callable[[int], Path]:
    """Patients with two series each, in folders that say nothing."""

    def write(patients: int = 6) -> Path:
        for number in range(patients):
            for series in (1, 2):
                write_series(
                    f"data/d{number}/s{series}",
                    at=(0, 1, 2),
                    PatientID=f"SECRET-{number:03d}",
                    AccessionNumber=f"ACC-{number}",
                    StudyInstanceUID=f"1.2.826.77.{number}",
                    InstitutionName="St Elsewhere",
                    PatientAge="047Y",
                    PatientSex="F",
                    StudyDate="20240131",
                    BodyPartExamined="CHEST",
                    Manufacturer="ACME",
                )
        return tmp_path / "data"

    return write


def table(place: Path, /, **columns: list[object]) -> None:
    pd.DataFrame(columns).to_csv(place / "labels.csv", index=False)


def without_secrets(collection: Collection) -> None:
    shown = collection.rows.to_csv() + " ".join(collection.understood) + str(collection.leftovers)
    assert not [secret for secret in SECRETS if secret in shown]


def test_without_labels(hospital: Callable[[int], Path]) -> None:
    collection = open_collection(hospital(6), labels_optional=True)
    assert (collection.layout, collection.task, collection.patient_origin) == (
        "dicom",
        "unlabelled",
        "header",
    )
    rows = collection.rows
    assert len(rows) == 12
    assert rows["case"].nunique() == 6  # series of one study are one case
    first = rows.iloc[0]
    assert (first["age"], first["sex"], first["date"], first["body_part"]) == (
        "47",
        "F",
        "2024-01-31",
        "CHEST",
    )
    assert first["site"].startswith("site-")
    assert first["slices"] == "3"
    assert isinstance(load(collection.root, first["image"]), Volume)
    without_secrets(collection)


def test_no_labels_are_refused(hospital: Callable[[int], Path]) -> None:
    with pytest.raises(DataRefused, match="12 images but no labels: add a table"):
        open_collection(hospital(6))


@pytest.mark.parametrize(
    ("column", "cells", "case_is_study"),
    [
        ("patient_id", [f"secret-{n:03d}" for n in range(6)], True),
        ("Accession Number", [f"ACC-{n}" for n in range(6)], True),
        ("study_uid", [f"1.2.826.77.{n}" for n in range(6)], True),
        ("folder", [f"d{n}" for n in range(6)], True),
        ("series", [f"d{n}/s1" for n in range(6)], True),
    ],
)
def test_a_table_is_joined_by_whatever_identifies(
    hospital: Callable[[int], Path], column: str, cells: list[str], case_is_study: bool
) -> None:
    folder = hospital(6)
    table(folder, **{column: cells, "diagnosis": ["healthy", "tumour"] * 3})
    collection = open_collection(folder)
    assert collection.layout == "dicom"
    assert (collection.task, collection.positive) == ("binary", "tumour")
    assert len(collection.rows) == (6 if column == "series" else 12)
    assert collection.rows["label"].value_counts().nunique() == 1
    assert collection.rows["patient"].nunique() == 6
    assert (collection.rows["case"].str.startswith("study-")).all() == case_is_study
    assert {"age", "site", "modality"} <= set(collection.rows.columns)
    without_secrets(collection)


def test_rows_for_single_series_are_cases_of_their_own(hospital: Callable[[int], Path]) -> None:
    folder = hospital(3)
    uids = [str(pydicom.dcmread(path).SeriesInstanceUID) for path in sorted(folder.glob("*/*/000.dcm"))]
    table(folder, SeriesInstanceUID=[uid.upper() for uid in uids], label=["a", "b"] * 3)
    collection = open_collection(folder, positive="b")
    assert list(collection.rows["case"]) == list(collection.rows["image"])
    assert len(collection.rows) == 6


def test_zeros_that_a_spreadsheet_took_don_t_matter(write_series: Writer, tmp_path: Path) -> None:
    for number in range(4):
        write_series(f"data/{number}", at=(0, 1), PatientID=f"000{number + 11}")
    table(tmp_path / "data", mrn=[11, 12, 13, 14], label=["a", "b", "a", "b"])
    collection = open_collection(tmp_path / "data", positive="b")
    assert list(collection.rows["label"]) == ["a", "b", "a", "b"]
    assert "mrn" not in collection.rows.columns


def test_the_table_itself_can_be_named(hospital: Callable[[int], Path]) -> None:
    folder = hospital(4)
    table(folder, patient_id=[f"SECRET-{n:03d}" for n in range(4)], label=["a", "b"] * 2)
    collection = open_collection(folder / "labels.csv", positive="b")
    assert (collection.layout, len(collection.rows)) == ("dicom", 8)
    assert "Images were found by patient ID (column 'patient_id' of labels.csv)." in collection.understood
    assert "dicom_image" not in " ".join(collection.understood)


def test_a_table_that_names_nothing_is_refused(hospital: Callable[[int], Path]) -> None:
    folder = hospital(2)
    table(folder, patient_id=["X1", "X2"], label=["a", "b"])
    with pytest.raises(DataRefused, match=r"no column of labels\.csv names these 4 DICOM images"):
        open_collection(folder)


def test_rows_without_images_are_told_by_number(hospital: Callable[[int], Path]) -> None:
    folder = hospital(4)
    table(folder, patient_id=[f"SECRET-{n:03d}" for n in (0, 1, 2, 3, 9)], label=["a", "b", "a", "b", "a"])
    collection = open_collection(folder, positive="b")
    assert collection.leftovers["row_without_file"] == ("row 6",)
    without_secrets(collection)


def test_folders_of_classes(write_series: Writer, tmp_path: Path) -> None:
    for name in ("benign", "malignant"):
        for number in range(2):
            write_series(
                f"data/{name}/{number}",
                at=(0, 1),
                PatientID=f"{name}{number}",
                StudyInstanceUID=generate_uid(),
            )
    collection = open_collection(tmp_path / "data")
    assert (collection.layout, collection.positive) == ("dicom", "malignant")
    assert list(collection.rows["label"]) == ["benign"] * 2 + ["malignant"] * 2


def test_frames_of_a_cine_are_rows_of_one_case(tmp_path: Path) -> None:
    shutil.copy(get_testdata_file("examples_ybr_color.dcm", download=False), tmp_path / "cine.dcm")
    collection = open_collection(tmp_path, labels_optional=True)
    assert len(collection.rows) == 16
    assert collection.rows["case"].nunique() == 1
    assert collection.rows["image"].iloc[0] == "cine.dcm#frame=0"
    assert load(collection.root, collection.rows["image"].iloc[-1]).attributes["rate_hz"]


def test_localisers_and_reports_are_left_aside(write_series: Writer, tmp_path: Path) -> None:
    write_series("a", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], at=(0, 1))
    write_series("b")
    shutil.copy(get_testdata_file("rtplan.dcm", download=False), tmp_path / "plan.dcm")
    collection = open_collection(tmp_path, labels_optional=True)
    assert len(collection.rows) == 1
    assert collection.leftovers["localiser"] == ("a/000.dcm", "a/001.dcm")
    assert collection.leftovers["without_pixels"] == ("plan.dcm",)


def test_a_dicomdir(tmp_path: Path) -> None:
    directory = Path(str(get_testdata_file("DICOMDIR", download=False)))
    collection = open_collection(directory, labels_optional=True)
    assert collection.layout == "dicom"
    assert len(collection.rows) == 22
    assert "The DICOMDIR lists 31 files." in collection.understood
    assert all((collection.root / row).exists() for row in collection.rows["image"] if "#" not in row)


def test_headers_that_describe_no_image_are_damaged(write_series: Writer, tmp_path: Path) -> None:
    good, zero, cut, many = write_series("a", at=(0, 5, 9, 12))
    for path, keyword, value in ((zero, "Rows", 0), (many, "NumberOfFrames", 2147483647)):
        dataset = pydicom.dcmread(path)
        setattr(dataset, keyword, value)
        dataset.save_as(path)
    dataset = pydicom.dcmread(cut)
    for keyword in ("Rows", "Columns", "PixelData"):
        del dataset[keyword]
    dataset.save_as(cut)
    collection = open_collection(tmp_path, labels_optional=True)
    assert list(collection.rows["image"]) == [f"a/{good.name}"]
    told = " ".join(collection.leftovers["damaged_header"])
    assert "claims 4 x 0 pixels" in told
    assert "claims 2,147,483,647 frames" in told
    assert "ends before its header says how large" in told


def test_damaged_headers_are_told(write_series: Writer, tmp_path: Path) -> None:
    write_series("a")
    (tmp_path / "a" / "bad.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x02\x00\x00\x00UL")
    collection = open_collection(tmp_path, labels_optional=True)
    assert len(collection.rows) == 1
    assert "a/bad.dcm" in collection.leftovers["damaged_header"][0]


def test_a_table_of_file_names_still_works(write_series: Writer, tmp_path: Path) -> None:
    for number in range(4):
        write_series("data", at=(0,), Modality="CR", PatientID=f"P{number}", SeriesInstanceUID=generate_uid())
    table(tmp_path / "data", file=[f"{n:03d}.dcm" for n in range(4)], label=["a", "b"] * 2)
    collection = open_collection(tmp_path / "data", positive="b")
    assert list(collection.rows["image"]) == [f"{n:03d}.dcm" for n in range(4)]
    assert list(collection.rows["case"]) == list(collection.rows["image"])


@pytest.mark.data
def test_a_real_study_of_four_series(shared_data: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(shared_data / "dicom_brain_mr_multicontrast" / "study3.zip", tmp_path)
    collection = open_collection(tmp_path, labels_optional=True)
    assert sorted(collection.rows["sequence"]) == ["FLAIR", "T1", "T1 contrast", "T2"]
    assert collection.rows["case"].nunique() == 1
    shapes = {np.shape(load(collection.root, image).voxels) for image in collection.rows["image"]}  # type: ignore[union-attr]
    assert shapes == {(280, 320, 22)}
