"""The checks that near-duplicates feed, each on data made to offend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.dataset.split import make_dataset
from thirdeye.intake.examine import Examination, examine
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection

Make = Callable[..., Path]
_CHECKS = ("dup.near", "split.near_duplicate", "label.near_conflict", "patient.copies")


@pytest.fixture
def folder(tmp_path: Path) -> Make:
    """24 different pictures and, mirrored, a copy of each of those named, in a table."""

    def make(copied: Sequence[int], **columns: list[str]) -> Path:
        rng = np.random.default_rng(0)
        images = [Image.fromarray(_picture(rng)) for _ in range(24)]
        images += [images[number].transpose(Image.Transpose.FLIP_LEFT_RIGHT) for number in copied]
        (tmp_path / "images").mkdir()
        for number, image in enumerate(images):
            image.save(tmp_path / "images" / f"{number}.png")
        names = [f"images/{number}.png" for number in range(len(images))]
        pd.DataFrame({"image": names, **columns}).to_csv(tmp_path / "cases.csv", index=False)
        return tmp_path

    return make


def _picture(rng: np.random.Generator) -> np.ndarray:
    coarse = Image.fromarray(rng.integers(0, 256, (9, 9), np.uint8)).resize(
        (90, 80), Image.Resampling.BICUBIC
    )
    return (np.asarray(coarse) * 0.8 + rng.integers(0, 40, (80, 90))).astype(np.uint8)


def _labels(copies: int) -> list[str]:
    return ["no", "yes"] * 12 + ["no", "yes"] * (copies // 2)


def _found(examination: Examination) -> dict[str, Finding]:
    return {f.check: f for f in examination.findings if f.check in _CHECKS}


def _status(examination: Examination) -> dict[str, str]:
    return {run.check: run.status for run in examination.runs if run.check in _CHECKS}


def test_a_copy_that_agrees_in_everything(folder: Make) -> None:
    patients = [f"p{n}" for n in range(24)] + ["p4", "p5"]
    examination = examine(open_collection(folder([4, 5], label=_labels(2), patient=patients)))
    assert _status(examination) == {
        "dup.near": "found",
        "split.near_duplicate": "not_applicable",
        "label.near_conflict": "clean",
        "patient.copies": "clean",
    }
    finding = _found(examination)["dup.near"]
    assert set(finding.groups) == {("images/4.png", "images/24.png"), ("images/5.png", "images/25.png")}
    assert "mirrored left to right" in finding.message
    assert [row[3] for row in finding.evidence["table"]["rows"]] == ["mirrored left to right"] * 2
    assert finding.fixes == ()  # second exposures of one patient may stay


def test_one_of_a_group_stays_unless_all_are_of_one_patient(folder: Make) -> None:
    data = folder([4, 5], label=_labels(2))
    finding = _one(examine(open_collection(data, patient_is_image=True)), "dup.near")
    assert {(fix.image, fix.action) for fix in finding.fixes} == {
        ("images/24.png", "leave_out"),
        ("images/25.png", "leave_out"),
    }


def test_a_copy_under_another_label_and_another_patient(folder: Make) -> None:
    patients = [f"p{n}" for n in range(26)]
    found = _found(examine(open_collection(folder([4, 4], label=_labels(2), patient=patients))))
    conflict = found["label.near_conflict"]
    assert conflict.severity == "warning"
    assert conflict.groups == (("images/4.png", "images/25.png"),)
    assert conflict.evidence["labels"] == {"images/4.png": "no", "images/25.png": "yes"}
    assert conflict.fixes == ()
    assert "images/4.png" in {fix.image for fix in found["dup.near"].fixes} or not found["dup.near"].fixes
    # images 24 and 25 are identical, and both are like 4: three pairs under two patients
    assert {frozenset(group) for group in found["patient.copies"].groups} == {
        frozenset(f"images/{n}.png" for n in pair) for pair in ((4, 24), (4, 25), (24, 25))
    }


def test_a_copy_in_the_test_part_costs_the_training_image(folder: Make) -> None:
    splits = ["train"] * 16 + ["test"] * 8 + ["test", "train"]
    collection = open_collection(folder([4, 4], label=_labels(2), split=splits), patient_is_image=True)
    examination = examine(collection)
    finding = _found(examination)["split.near_duplicate"]
    assert finding.severity == "warning"
    assert set(finding.groups) == {("images/4.png", "images/24.png")}
    assert {fix.image for fix in finding.fixes} == {"images/4.png"}
    rows = make_dataset(collection, examination, seed=0, folds=2).rows.set_index("image")
    assert rows["split"]["images/24.png"] == "test"
    assert rows["excluded_because"]["images/4.png"] == "nearly the same picture is in the test part"


def test_copies_of_most_of_the_training_part_block(folder: Make) -> None:
    splits = ["train"] * 10 + ["test"] * 14 + ["test"] * 8
    collection = open_collection(folder(range(8), label=_labels(8), split=splits), patient_is_image=True)
    finding = _found(examine(collection))["split.near_duplicate"]
    assert finding.severity == "error"
    assert "8 training images" in finding.remedy


def test_copies_stay_together_where_a_split_is_drawn(folder: Make) -> None:
    collection = open_collection(folder(range(12), label=_labels(12)), patient_is_image=True)
    rows = make_dataset(collection, examine(collection), seed=3, folds=3).rows.set_index("image")
    for number in range(12):
        pair = rows.loc[[f"images/{number}.png", f"images/{24 + number}.png"]]
        assert pair["split"].nunique() == pair["fold"].nunique() == 1


@pytest.mark.data
def test_known_duplicates_of_public_sets(shared_data: Path) -> None:
    brain = examine(open_collection(shared_data / "brain_mri_tumor_253"))
    exact = next(f for f in brain.findings if f.check == "dup.exact")
    assert len(exact.groups) == 22
    breast = examine(open_collection(shared_data / "medmnist" / "breastmnist.npz"))
    pairs = next(f for f in breast.findings if f.check == "split.near_duplicate").evidence["pairs"]
    assert pairs == 124


def _one(examination: Examination, check: str) -> Finding:
    (finding,) = [f for f in examination.findings if f.check == check]
    return finding


def test_a_study_on_two_sides_of_a_column_is_an_error(folder: Make) -> None:
    studies = [f"s{n // 2}" for n in range(24)]
    splits = ["train"] * 15 + ["test"] * 9
    data = folder([], label=_labels(0), study=studies, split=splits)
    finding = _one(examine(open_collection(data, patient_is_image=True)), "split.study")
    assert finding.severity == "error"
    assert finding.groups == (("images/14.png", "images/15.png"),)
    assert "column 'study'" in finding.message


def test_a_study_stays_together_where_a_split_is_drawn(folder: Make) -> None:
    studies = [f"s{n // 3}" for n in range(24)]
    collection = open_collection(folder([], label=_labels(0), study=studies), patient_is_image=True)
    rows = make_dataset(collection, examine(collection), seed=0, folds=2).rows
    assert (rows.groupby("study")[["split", "fold"]].nunique() == 1).all(axis=None)


def _sliced(tmp_path: Path, *, leak: bool) -> Path:
    """Official folders of 10 volumes of 4 slices, which drift slowly; with a leak one is in both parts."""
    rng = np.random.default_rng(1)
    for volume in range(10):
        start, end = _picture(rng).astype(float), _picture(rng).astype(float)
        for n in range(4):
            part = "test" if volume > 6 or (leak and volume == 6 and n == 3) else "train"
            path = tmp_path / part / ("no", "yes")[volume % 2] / f"case{volume}_slice{n}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray((start + (end - start) * n / 6).astype(np.uint8)).save(path)
    return tmp_path


def test_slices_of_one_volume_on_two_sides_of_official_folders(tmp_path: Path) -> None:
    collection = open_collection(_sliced(tmp_path, leak=True), patient_is_image=True)
    examination = examine(collection)
    finding = _one(examination, "split.slice")
    assert finding.severity == "warning"
    (group,) = finding.groups
    assert {name.rsplit("/", 1)[1] for name in group} == {f"case6_slice{n}.png" for n in range(4)}
    assert finding.evidence["correlation_of_neighbours"] > 0.9
    assert finding.evidence["correlation_of_strangers"] < 0.5
    rows = make_dataset(collection, examination, seed=0, folds=2).rows.set_index("image")
    reasons = rows["excluded_because"][rows["split"] == "excluded"]
    assert set(reasons) == {"a slice of the same volume is in the test part"}
    assert set(reasons.index) == {f"train/no/case6_slice{n}.png" for n in range(3)}


def test_slices_on_one_side_are_no_leak(tmp_path: Path) -> None:
    examination = examine(open_collection(_sliced(tmp_path, leak=False), patient_is_image=True))
    assert {run.status for run in examination.runs if run.check == "split.slice"} == {"clean"}


def test_augmented_copies_by_look(folder: Make) -> None:
    finding = _one(
        examine(open_collection(folder(range(8), label=_labels(8)), patient_is_image=True)), "dup.augmented"
    )
    assert finding.severity == "warning"
    assert finding.evidence == {"by_name": 0, "by_look": 8, "on_two_sides": 0}


def test_augmented_copies_by_name_across_a_split(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for n in range(24):
        image = Image.fromarray(_picture(rng))
        for name in (f"IM{n}.png", f"IM{n}_aug.png"):
            part = "test" if n > 15 or (n == 3 and "aug" in name) else "train"
            path = tmp_path / part / ("no", "yes")[n % 2] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (image.rotate(12) if "aug" in name else image).save(path)
    finding = _one(examine(open_collection(tmp_path, patient_is_image=True)), "dup.augmented")
    assert finding.severity == "warning"
    assert finding.evidence["by_name"] == 24
    assert finding.evidence["on_two_sides"] == 1
