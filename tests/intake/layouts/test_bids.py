from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.bids_name import parse_name
from thirdeye.intake.open import open_collection


def put(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([1.0, 1, 2, 1])), path)


def table(path: Path, **columns: list[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, sep="\t", index=False)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Six subjects, two sessions each, T1w and FLAIR, and functional scans that nobody asked for."""
    for number in range(1, 7):
        for session in ("a", "b"):
            start = tmp_path / f"sub-{number:02d}" / f"ses-{session}"
            for suffix in ("T1w", "FLAIR"):
                put(start / "anat" / f"sub-{number:02d}_ses-{session}_{suffix}.nii.gz", number)
            put(start / "func" / f"sub-{number:02d}_ses-{session}_task-rest_bold.nii.gz", number)
    table(
        tmp_path / "participants.tsv",
        participant_id=[f"sub-{n:02d}" for n in range(1, 7)],
        age=[50, 61, 72, 43, 54, "n/a"],
        sex=list("MFMFMF"),
        diagnosis=["AD", "AD", "AD", "control", "control", "control"],
        smoker=["yes", "no", "yes", "no", "yes", "no"],
    )
    (tmp_path / "dataset_description.json").write_text('{"Name": "made", "BIDSVersion": "1.10.0"}')
    return tmp_path


def test_subjects_sessions_and_labels(dataset: Path) -> None:
    collection = open_collection(dataset, positive="AD")
    assert (collection.layout, collection.task, collection.group) == ("bids", "binary", "subject")
    rows = collection.rows
    assert (len(rows), rows["case"].nunique(), rows["patient"].nunique()) == (24, 12, 6)
    columns = ["image", "case", "patient", "label", "session", "contrast", "age", "sex", "modality"]
    assert rows[columns].iloc[0].tolist() == [
        "sub-01/ses-a/anat/sub-01_ses-a_FLAIR.nii.gz", "sub-01/ses-a", "sub-01", "AD", "a", "FLAIR",
        "50", "M", "MR",
    ]  # fmt: skip
    assert rows["age"].iloc[-1] == ""
    assert len(collection.leftovers["other_kind"]) == 12
    assert "6 subjects, 12 sessions, 24 images: FLAIR (12), T1w (12)." in collection.understood


def test_the_label_is_named(dataset: Path) -> None:
    collection = open_collection(dataset, label_column="smoker", positive="yes")
    assert collection.classes == ("no", "yes")
    assert collection.rows["diagnosis"].iloc[0] == "AD"
    with pytest.raises(UsageError, match="smokes"):
        open_collection(dataset, label_column="smokes")


def test_phenotype_and_sessions(dataset: Path) -> None:
    table(
        dataset / "phenotype" / "moca.tsv",
        participant_id=["sub-01", "sub-02", "sub-05"],
        moca=["low", "low", "high"],
    )
    for number in range(1, 7):
        table(
            dataset / f"sub-{number:02d}" / f"sub-{number:02d}_sessions.tsv",
            session_id=["ses-a", "ses-b"], outcome=["stable", "worse"], age=[70, 71],
        )  # fmt: skip
    collection = open_collection(dataset, label_column="outcome", positive="worse")
    rows = collection.rows.set_index("image")
    image = "sub-06/ses-b/anat/sub-06_ses-b_T1w.nii.gz"
    assert (rows.loc[image, "label"], rows.loc[image, "age"], rows.loc[image, "moca"]) == ("worse", "71", "")
    by_moca = open_collection(dataset, label_column="moca", positive="low")
    assert len(by_moca.rows) == 12
    assert len(by_moca.leftovers["row_without_label"]) == 12


def test_sidecars_are_inherited(dataset: Path) -> None:
    (dataset / "T1w.json").write_text(json.dumps({"Manufacturer": "Siemens", "MagneticFieldStrength": 3}))
    near = dataset / "sub-02" / "ses-a" / "anat" / "sub-02_ses-a_T1w.json"
    near.write_text(json.dumps({"Manufacturer": "GE", "InstitutionName": "North"}))
    (dataset / "sub-03" / "sub-03_T1w.json").write_text("not json")
    rows = open_collection(dataset, positive="AD").rows.set_index("image")
    held = ["manufacturer", "site", "field_strength_t"]
    assert rows.loc["sub-02/ses-a/anat/sub-02_ses-a_T1w.nii.gz", held].tolist() == ["GE", "North", "3"]
    assert rows.loc["sub-03/ses-a/anat/sub-03_ses-a_T1w.nii.gz", held].tolist() == ["Siemens", "", "3"]
    assert rows.loc["sub-03/ses-a/anat/sub-03_ses-a_FLAIR.nii.gz", held].tolist() == ["", "", ""]


def test_masks_in_derivatives(dataset: Path) -> None:
    start = dataset / "derivatives" / "drawn"
    for number in range(1, 7):
        for session in ("a", "b"):
            name = f"sub-{number:02d}_ses-{session}"
            put(
                start
                / f"sub-{number:02d}"
                / f"ses-{session}"
                / "anat"
                / f"{name}_space-FLAIR_label-lesion_mask.nii.gz"
            )
    put(start / "sub-01" / "ses-a" / "anat" / "sub-01_ses-a_desc-brain_mask.nii.gz")
    put(start / "sub-01" / "ses-a" / "anat" / "sub-01_ses-a_space-MNI152NLin2009cAsym_desc-brain_mask.nii.gz")
    put(start / "sub-99" / "ses-a" / "anat" / "sub-99_ses-a_dseg.nii.gz")
    collection = open_collection(dataset, task="segmentation")
    assert (collection.task, collection.classes) == ("segmentation", ("brain", "lesion"))
    masks = collection.masks.set_index("mask")
    lesion = "derivatives/drawn/sub-04/ses-b/anat/sub-04_ses-b_space-FLAIR_label-lesion_mask.nii.gz"
    brain = "derivatives/drawn/sub-01/ses-a/anat/sub-01_ses-a_desc-brain_mask.nii.gz"
    assert masks.loc[lesion, "image"] == "sub-04/ses-b/anat/sub-04_ses-b_FLAIR.nii.gz"
    assert masks.loc[brain, "image"] == "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz"
    assert len(collection.leftovers["mask_without_image"]) == 2


def test_values_of_a_dseg_have_names(dataset: Path) -> None:
    put(dataset / "derivatives" / "fast" / "sub-01" / "anat" / "sub-01_ses-a_dseg.nii.gz")
    table(dataset / "derivatives" / "fast" / "dseg.tsv", index=[0, 1, 2], name=["outside", "grey", "white"])
    collection = open_collection(dataset, task="segmentation")
    assert collection.mask_values == {"1": "grey", "2": "white"}


def test_without_sessions_table_or_labels(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / "unpacked" / f"sub-{number}" / "anat" / f"sub-{number}_run-1_T1w.nii")
    with pytest.raises(DataRefused, match="--label-column"):
        open_collection(tmp_path)
    collection = open_collection(tmp_path, labels_optional=True)
    assert (collection.layout, collection.task) == ("bids", "unlabelled")
    assert list(collection.rows["case"]) == ["sub-0", "sub-1", "sub-2"]


def test_the_group_is_a_label(dataset: Path) -> None:
    people = pd.read_csv(dataset / "participants.tsv", sep="\t").rename(columns={"diagnosis": "group"})
    people.to_csv(dataset / "participants.tsv", sep="\t", index=False)
    assert open_collection(dataset, positive="AD").classes == ("control", "AD")


@pytest.mark.parametrize(
    ("file", "case", "suffix"),
    [
        ("sub-01/anat/sub-01_T1w.nii.gz", "sub-01", "T1w"),
        ("sub-a/ses-2/pet/sub-a_ses-2_trc-FDG_pet.nii", "sub-a/ses-2", "pet"),
    ],
)
def test_names(file: str, case: str, suffix: str) -> None:
    name = parse_name(file)
    assert name is not None
    assert (name.case, name.suffix) == (case, suffix)


@pytest.mark.parametrize(
    "file", ["sub-01/anat/scan.nii", "README", "sub-01/anat/sub-01_x_T1w.nii", "sub-01/sub-01.nii"]
)
def test_what_is_no_name_of_bids(file: str) -> None:
    assert parse_name(file) is None
