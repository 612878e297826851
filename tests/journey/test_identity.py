"""Whether data are still the same: every change of a label or file is seen, a move is not a change."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.collection import REGION_COLUMNS, Collection
from thirdeye.intake.open import open_collection
from thirdeye.journey.identity import (
    annotation_hashes,
    files_key,
    labels_key,
    marks_key,
    masks_key,
    refuse_other_files,
    refuse_other_labels,
)
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.training import training_key


@pytest.fixture
def data(tmp_path: Path, make_cases: Callable[..., Path]) -> Path:
    return make_cases(tmp_path / "data", 8)


@pytest.fixture
def collection(data: Path) -> Collection:
    return open_collection(data)


def dataset(collection: Collection) -> Dataset:
    rows = collection.rows.assign(split="train")
    return Dataset(
        collection.root, rows, "binary", collection.classes, collection.positive, "patient", "drawn"
    )


def study_of(collection: Collection, folder: Path) -> Study:
    ledger = Ledger(Study(folder))
    ledger.set(data={"labels_sha256": labels_key(collection), "files_sha256": files_key(dataset(collection))})
    ledger.write()
    return ledger.study


def test_the_order_of_rows_and_the_place_do_not_matter(
    data: Path, collection: Collection, tmp_path: Path
) -> None:
    shuffled = dataclasses.replace(collection, rows=collection.rows.iloc[::-1])
    assert labels_key(shuffled) == labels_key(collection)
    moved = open_collection(Path(shutil.move(data, tmp_path / "elsewhere")))
    assert labels_key(moved) == labels_key(collection)


@pytest.mark.parametrize("column", ["image", "label", "patient", "split", "site"])
def test_every_change_of_the_table_is_seen(collection: Collection, column: str, tmp_path: Path) -> None:
    study = study_of(collection, tmp_path / "study")
    refuse_other_labels(study, collection)
    rows = collection.rows.copy()
    rows.loc[2, column] = "changed"
    with pytest.raises(StudyMismatch, match="'study' was planned on; choose another folder"):
        refuse_other_labels(study, dataclasses.replace(collection, rows=rows))


def test_a_row_more_another_class_order_or_positive_class(collection: Collection, tmp_path: Path) -> None:
    study = study_of(collection, tmp_path / "study")
    for changed in (
        {"rows": collection.rows.iloc[:-1]},
        {"classes": collection.classes[::-1]},
        {"positive": "healthy"},
    ):
        with pytest.raises(StudyMismatch):
            refuse_other_labels(study, dataclasses.replace(collection, **changed))


def test_missing_and_changed_files_are_named(collection: Collection, tmp_path: Path) -> None:
    study = study_of(collection, tmp_path / "study")
    known = dataset(collection)
    refuse_other_files(study, known)
    first, second = (collection.root / name for name in known.rows["image"][:2])
    first.write_bytes(first.read_bytes() + b"x")
    with pytest.raises(StudyMismatch, match="a file has another size; restore them"):
        refuse_other_files(study, known)
    second.unlink()
    with pytest.raises(StudyMismatch, match=r"'images/case 01\.png' is missing; restore"):
        refuse_other_files(study, known)
    first.unlink()
    with pytest.raises(StudyMismatch, match=r"'images/case 00\.png' is missing, and 1 more"):
        refuse_other_files(study, known)


def test_excluded_files_do_not_matter(collection: Collection) -> None:
    known = dataset(collection)
    rows = known.rows.copy()
    rows.loc[0, "split"] = "excluded"
    before = files_key(dataclasses.replace(known, rows=rows))
    (collection.root / rows.loc[0, "image"]).unlink()
    assert files_key(dataclasses.replace(known, rows=rows)) == before


def test_of_an_archive_its_own_size_counts(collection: Collection, tmp_path: Path) -> None:
    archive = tmp_path / "x.npz"
    archive.write_bytes(b"1234")
    known = dataclasses.replace(dataset(collection), root=archive)
    before = files_key(known)
    archive.write_bytes(b"12345")
    assert files_key(known) != before


def test_a_study_that_recorded_nothing_is_not_refused(collection: Collection, tmp_path: Path) -> None:
    study = Study(tmp_path / "old")
    refuse_other_labels(study, collection)
    refuse_other_files(study, dataset(collection))


def test_a_moved_box_is_seen(collection: Collection, tmp_path: Path) -> None:
    box = dict.fromkeys(REGION_COLUMNS, "a") | dict.fromkeys(("x_min", "y_min", "x_max", "y_max"), 1.0)
    drawn = dataclasses.replace(collection, regions=pd.DataFrame([box])[list(REGION_COLUMNS)])
    moved = dataclasses.replace(drawn, regions=drawn.regions.assign(x_max=2.0))
    study = study_of(drawn, tmp_path / "study")
    refuse_other_labels(study, moved)  # planned before marks were recorded
    ledger = Ledger(study)
    ledger.set(data={**ledger.content["data"], "marks_sha256": marks_key(drawn)})
    ledger.write()
    refuse_other_labels(study, drawn)
    with pytest.raises(StudyMismatch, match="masks, boxes or points"):
        refuse_other_labels(study, moved)


def test_a_mask_of_another_size_is_seen(collection: Collection, tmp_path: Path) -> None:
    study, root = study_of(collection, tmp_path / "study"), collection.root
    assert masks_key(study, root) is None
    refuse_other_files(study, dataset(collection))
    (root / "mask.png").write_bytes(b"four")
    study.write_text("masks.csv", "image,mask,name,annotator\na.png,mask.png,,\n")
    ledger = Ledger(study)
    ledger.set(data={**ledger.content["data"], "masks_sha256": masks_key(study, root)})
    ledger.write()
    refuse_other_files(study, dataset(collection))
    (root / "mask.png").write_bytes(b"and more")
    with pytest.raises(StudyMismatch, match="the masks are not those"):
        refuse_other_files(study, dataset(collection))


def test_a_training_depends_on_what_is_marked_where(tmp_path: Path) -> None:
    study = Study(tmp_path)
    for name in ("dataset.csv", "plan.json", "regions.csv"):
        study.write_text(name, name)
    Ledger(study).write()
    before = training_key(study)
    assert annotation_hashes(study) == []  # planned before marks were recorded
    ledger = Ledger(study)
    ledger.set(data={"marks_sha256": "0"})
    ledger.write()
    one = training_key(study)
    study.write_text("regions.csv", "corrected")
    assert len({before, one, training_key(study)}) == 3
