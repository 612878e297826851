"""Each check on data made to offend it, and the contract that all of them share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.examine import examine
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection

Folders = Callable[[Mapping[str, int]], Path]


def found(folder: Path, check: str, **options: object) -> list[Finding]:
    return [f for f in examine(open_collection(folder, **options)).findings if f.check == check]


def only(folder: Path, check: str, **options: object) -> Finding:
    findings = found(folder, check, **options)
    assert len(findings) == 1
    return findings[0]


def examined(folder: Path) -> list[Finding]:
    return list(examine(open_collection(folder)).findings)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What is found in sixty images of as many patients, a table naming all; examined once."""
    folder = tmp_path_factory.mktemp("sound")
    names = [f"{number}.png" for number in range(60)]
    for number, name in enumerate(names):
        save(folder / name, number)
    table = {"image": names, "label": ["benign", "malignant"] * 30, "patient": [str(n) for n in range(60)]}
    pd.DataFrame(table).to_csv(folder / "cases.csv", index=False)
    return examined(folder)


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What is found in two folders of unlike size, with an empty file and a copy; examined once."""
    folder = tmp_path_factory.mktemp("flawed")
    for name, count in (("no", 7), ("yes", 40)):
        for number in range(count):
            save(folder / name / f"{number}.png", 100 * len(name) + number)
    (folder / "no" / "0.png").write_bytes(b"")
    (folder / "no" / "1.png").write_bytes((folder / "yes" / "2.png").read_bytes())
    return examined(folder)


def save(path: Path, number: int) -> None:
    """A distinct small picture."""
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)).save(path)


# Sixty patients are sound, and too few for exact figures: `class.events` says so.
@pytest.mark.parametrize("check", [name for name in CHECKS.names() if name != "class.events"])
def test_sound_data_offend_no_check(sound: list[Finding], check: str) -> None:
    assert {finding.severity for finding in sound if finding.check == check} <= {"info"}


@pytest.mark.parametrize("check", CHECKS.names())
def test_findings_are_json(flawed: list[Finding], check: str) -> None:
    assert {"file.unreadable", "dup.exact"} <= {finding.check for finding in flawed}
    for finding in flawed:
        if finding.check == check:
            assert json.loads(json.dumps(finding.as_json()))["severity"] == finding.severity


def test_unreadable_files(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    (folder / "no" / "0.png").write_bytes(b"")
    (folder / "yes" / "0.png").write_bytes((folder / "yes" / "1.png").read_bytes()[:50])
    finding = only(folder, "file.unreadable")
    assert finding.severity == "warning"
    assert finding.cases == ("no/0.png", "yes/0.png")
    assert "empty" in finding.evidence["reasons"]["no/0.png"]
    for number in range(1, 5):
        (folder / "no" / f"{number}.png").write_bytes(b"text")
    assert only(folder, "file.unreadable").severity == "error"


def test_constant_images(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    Image.new("L", (8, 8), 7).save(folder / "no" / "3.png")
    finding = only(folder, "image.constant")
    assert finding.cases == ("no/3.png",)
    assert finding.evidence["values"] == {"no/3.png": 7.0}


def test_exact_duplicates_over_formats(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    with Image.open(folder / "no" / "0.png") as image:
        image.convert("RGB").save(folder / "no" / "copy.bmp")
        image.save(folder / "no" / "again.tif")
    finding = only(folder, "dup.exact")
    assert {frozenset(group) for group in finding.groups} == {
        frozenset(["no/0.png", "no/copy.bmp", "no/again.tif"])
    }
    assert finding.evidence == {"groups": 1, "images": 3}
    assert not found(folder, "label.conflict")


def test_one_picture_in_two_classes(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    (folder / "yes" / "copy.png").write_bytes((folder / "no" / "0.png").read_bytes())
    finding = only(folder, "label.conflict")
    assert finding.severity == "error"
    assert finding.groups == (("no/0.png", "yes/copy.png"),)
    assert finding.evidence["labels"] == {"no/0.png": "no", "yes/copy.png": "yes"}


def test_one_file_under_two_labels_in_a_table(write_images: Callable[..., Path]) -> None:
    folder = write_images(*(f"{n}.png" for n in range(12)))
    rows = [(f"{n}.png", "yes" if n % 2 else "no", f"p{n}") for n in range(12)] + [("0.png", "yes", "p0")]
    pd.DataFrame(rows, columns=["image", "label", "patient"]).to_csv(folder / "t.csv", index=False)
    finding = only(folder, "label.conflict")
    assert finding.severity == "error"
    assert finding.groups == (("0.png",),)


def test_patient_on_two_sides_of_a_column_is_an_error(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(
        label=["no", "yes"] * 10,
        patient=[f"p{n // 2}" for n in range(20)],
        split=["train"] * 13 + ["test"] * 7,
    )
    finding = only(folder, "split.patient")
    assert finding.severity == "error"
    assert finding.groups == (("images/12.png", "images/13.png"),)
    assert "--split-column none" in finding.remedy
    assert not found(folder, "split.patient", split_column="none")


def test_patient_on_two_sides_of_official_folders_is_repaired(write_images: Callable[..., Path]) -> None:
    names = [
        f"{part}/{label}/patient{part[:2]}{n}_{i}.png"
        for part in ("train", "test")
        for label in ("no", "yes")
        for n in range(8)
        for i in "ab"
    ]
    folder = write_images(
        *(name.replace("patienttr", "patient1").replace("patientte", "patient2") for name in names)
    )
    (folder / "train" / "no" / "patient20_c.png").write_bytes(
        (folder / "train" / "no" / "patient10_a.png").read_bytes()[:]
    )
    finding = only(folder, "split.patient")
    assert finding.severity == "warning"
    assert finding.evidence == {"patients": 1, "training_images": 1}


def test_picture_on_two_sides(write_images: Callable[..., Path]) -> None:
    folder = write_images(
        *(
            f"{part}/{label}/{n}.png"
            for part in ("train", "test")
            for label in ("no", "yes")
            for n in range(6)
        )
    )
    (folder / "train" / "no" / "copy.png").write_bytes((folder / "test" / "no" / "0.png").read_bytes())
    finding = only(folder, "split.duplicate")
    assert finding.severity == "warning"
    assert set(finding.groups[0]) == {"test/no/0.png", "train/no/copy.png"}


def test_rows_without_a_part(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(
        label=["no", "yes"] * 10,
        patient=list("abcdefghijklmnopqrst"),
        split=["train"] * 12 + ["test"] * 7 + [""],
    )
    assert only(folder, "split.unnamed").cases == ("images/19.png",)


def test_one_class_only(class_folders: Folders) -> None:
    finding = only(class_folders({"yes": 9}), "class.few")
    assert finding.severity == "error"
    assert "only one class, 'yes' (9 images)" in finding.message


def test_three_images(class_folders: Folders) -> None:
    finding = only(class_folders({"no": 1, "yes": 2}), "class.few")
    assert finding.severity == "error"
    assert finding.evidence["counts"] == {"no": 1, "yes": 2}


def test_a_class_of_one(class_folders: Folders) -> None:
    finding = only(class_folders({"a": 20, "b": 20, "c": 1}), "class.few")
    assert finding.severity == "error"
    assert "c (1)" in finding.message


def test_classes_are_counted_in_patients(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(
        label=["no"] * 20 + ["yes"] * 20,
        patient=[f"n{n}" for n in range(20)] + [f"y{n % 3}" for n in range(20)],
    )
    assert only(folder, "class.few").evidence["counts"] == {"yes": 3}


def test_few_is_a_warning(class_folders: Folders) -> None:
    finding = only(class_folders({"no": 40, "yes": 12}), "class.few")
    assert (finding.severity, finding.evidence["counts"]) == ("warning", {"yes": 12})


def test_two_hundred_small_classes(class_folders: Folders) -> None:
    finding = only(class_folders({f"c{n}": 1 for n in range(200)}), "class.few")
    assert finding.severity == "error"
    assert len(finding.message) < 300
    assert len(finding.evidence["counts"]) == 200


def test_class_missing_in_a_part(write_images: Callable[..., Path]) -> None:
    names = [f"train/{label}/{n}.png" for label in ("a", "b", "c") for n in range(30)]
    names += [f"test/{label}/{n}.png" for label in ("a", "b") for n in range(9)]
    finding = only(write_images(*names), "class.few")
    assert (finding.severity, finding.evidence) == ("warning", {"part": "test", "missing": ["c"]})


def test_class_missing_in_training(write_images: Callable[..., Path]) -> None:
    names = [f"train/{label}/{n}.png" for label in ("a", "b") for n in range(30)]
    names += [f"test/{label}/{n}.png" for label in ("a", "b", "c") for n in range(30)]
    finding = only(write_images(*names), "class.few")
    assert (finding.severity, finding.evidence) == ("error", {"part": "train", "missing": ["c"]})


def test_unknown_patients_are_loud(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    finding = only(folder, "patient.unknown")
    assert finding.severity == "warning"
    assert "--patient-is-image" in finding.remedy
    declared = only(folder, "patient.unknown", patient_is_image=True)
    assert declared.evidence == {"declared": True}


def test_some_patients_missing(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=["no", "yes"] * 6, patient=["", *"bcdefghijkl"])
    finding = only(folder, "patient.unknown")
    assert finding.cases == ("images/0.png",)


def test_leftovers_are_counted(write_images: Callable[..., Path]) -> None:
    folder = write_images(*(f"{n}.png" for n in range(12)), "extra.png")
    rows = "".join(f"{n}.png,{'yes' if n % 2 else 'no'},p{n}\n" for n in range(14))
    (folder / "t.csv").write_text("image,label,patient\n" + rows, encoding="utf-8")
    kinds = {f.evidence["kind"]: f for f in found(folder, "file.leftover")}
    assert kinds["row_without_file"].cases == ("12.png", "13.png")
    assert kinds["row_without_file"].severity == "warning"
    assert kinds["file_without_row"].cases == ("extra.png",)
    more = "".join(f"x{n}.png,yes,q{n}\n" for n in range(30))
    (folder / "t.csv").write_text("image,label,patient\n" + rows + more, encoding="utf-8")
    kinds = {f.evidence["kind"]: f for f in found(folder, "file.leftover")}
    assert kinds["row_without_file"].severity == "error"


def test_positive_class_is_said(class_folders: Folders, table_folder: Callable[..., Path]) -> None:
    assert only(class_folders({"benign": 6, "malignant": 6}), "class.positive").severity == "info"


def test_bare_numbers_are_doubted(table_folder: Callable[..., Path]) -> None:
    folder = table_folder(label=[0, 1] * 6, patient=list("abcdefghijkl"))
    finding = only(folder, "class.positive")
    assert finding.severity == "warning"
    assert finding.evidence["certain"] is False


@pytest.mark.parametrize(("rare", "severity"), [(4, "warning"), (5, "info"), (40, None)])
def test_imbalance(class_folders: Folders, rare: int, severity: str | None) -> None:
    findings = found(class_folders({"no": 40, "yes": rare}), "class.imbalance")
    assert [f.severity for f in findings] == ([severity] if severity else [])
    assert not findings or findings[0].evidence["ratio"] == round(40 / rare, 2)


def test_conversions_are_said(class_folders: Folders) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (8, 8, 4), dtype=np.uint8), "RGBA").save(
        folder / "no" / "t.png"
    )
    Image.new("CMYK", (8, 8)).save(folder / "no" / "c.tif")
    words = {f.evidence["conversion"] for f in found(folder, "image.converted")}
    assert words == {"transparent parts laid on black", "CMYK turned into RGB"}


@pytest.mark.data
def test_known_duplicates_of_real_sets(shared_data: Path) -> None:
    brain = only(shared_data / "brain_mri_tumor_253", "dup.exact")
    assert len(brain.groups) == 22
    breast = only(shared_data / "medmnist" / "breastmnist.npz", "split.duplicate")
    assert breast.groups == (("train/115", "test/76"),)
    pneumonia = only(shared_data / "medmnist" / "pneumoniamnist.npz", "split.duplicate")
    assert len(pneumonia.groups) == 8


def test_one_rare_label_of_several_does_not_stop_the_others(table_folder: Callable[..., Path]) -> None:
    labels = ["a|b", "a", "b", ""] * 15
    labels[0] = "a|b|rare"
    folder = table_folder(label=labels, patient=[str(n) for n in range(60)])
    finding = only(folder, "class.few", task="multilabel")
    assert (finding.severity, finding.evidence["counts"]) == ("warning", {"rare": 1})
