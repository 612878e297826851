"""The new table: usable as it is, and without what was found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import UsageError
from thirdeye.journey.checking import check
from thirdeye.journey.fixing import fix, refuse_target
from thirdeye.journey.planning import plan

FIXED = {
    "dup.exact",
    "file.unreadable",
    "image.constant",
    "label.conflict",
    "split.duplicate",
    "split.patient",
}


@pytest.fixture
def faulty(tmp_path: Path, make_cases: Callable[..., Path]) -> Path:
    """36 cases in a table with parts; each fault that a machine can correct is in them once."""
    data = make_cases(tmp_path / "given" / "data")
    table = pd.read_csv(data / "cases.csv", dtype=str)
    table["split"] = ["test" if i >= 28 else "train" for i in range(len(table))]
    table["age"] = "50"
    table.loc[5, "patient"] = table.loc[30, "patient"]  # a patient on two sides
    images = [data / name for name in table["image"]]
    shutil.copy(images[29], images[7])  # a copy on two sides, same label
    shutil.copy(images[9], images[11])  # a copy in one part, same label
    shutil.copy(images[12], images[13])  # one picture under two labels
    images[15].write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    Image.fromarray(np.full((40, 40), 9, np.uint8)).save(images[16])
    table.to_csv(data / "cases.csv", index=False)
    return data


def test_what_was_found_is_gone(tmp_path: Path, faulty: Path) -> None:
    checked = check(faulty)
    assert {finding.check for finding in checked.examination.findings} >= FIXED
    before = {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()}
    fixed = fix(checked, faulty, tmp_path / "new" / "fixed.csv")
    assert {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()} == before
    table = pd.read_csv(tmp_path / "new" / "fixed.csv", dtype=str, keep_default_na=False)
    gone = {f"images/case {i:02d}.png" for i in (5, 7, 11, 12, 13, 15, 16)}
    assert set(fixed.table.left_out) == gone
    assert set(table["image"]) == {
        f"../given/data/images/case {i:02d}.png" for i in range(36) if f"images/case {i:02d}.png" not in gone
    }
    assert set(table["age"]) == {"50"}
    again = check(tmp_path / "new" / "fixed.csv")
    assert not FIXED & {finding.check for finding in again.examination.findings}
    assert not again.refused
    assert "file.leftover" not in {finding.check for finding in again.examination.findings}
    assert again.collection.group == "patient"


@pytest.mark.usefixtures("known_machine")
def test_the_new_table_can_be_planned_on(tmp_path: Path, faulty: Path) -> None:
    fix(check(faulty), faulty, tmp_path / "fixed.csv")
    planned = plan(tmp_path / "fixed.csv", out=tmp_path / "study")
    assert len(planned.dataset.rows) == 29


def test_a_rehearsal_writes_nothing(tmp_path: Path, faulty: Path) -> None:
    fixed = fix(check(faulty), faulty, tmp_path / "fixed.csv", dry_run=True)
    assert fixed.path is None
    assert len(fixed.table.left_out) == 7
    assert not (tmp_path / "fixed.csv").exists()


def test_places_are_refused(tmp_path: Path, faulty: Path) -> None:
    checked = check(faulty)
    (tmp_path / "old.csv").write_text("mine")
    for place, words in (
        (tmp_path / "old.csv", "is not overwritten"),
        (faulty / "fixed.csv", "inside the data"),
        (tmp_path / "fixed.xlsx", "ends in .csv"),
    ):
        with pytest.raises(UsageError, match=words):
            fix(checked, faulty, place)
    assert (tmp_path / "old.csv").read_text() == "mine"


def test_images_inside_an_archive_cannot_be_named(tmp_path: Path) -> None:
    arrays = {
        f"{part}_{what}": values
        for part, n in (("train", 30), ("val", 12), ("test", 12))
        for what, values in (
            ("images", np.random.default_rng(n).integers(0, 255, (n, 28, 28), np.uint8)),
            ("labels", np.arange(n)[:, None] % 2),
        )
    }
    np.savez(tmp_path / "mnist.npz", **arrays)
    checked = check(tmp_path / "mnist.npz", patient_is_image=True, positive="class 1")
    with pytest.raises(UsageError, match=r"inside 'mnist\.npz'.*unpack"):
        fix(checked, tmp_path / "mnist.npz", tmp_path / "fixed.csv")


def test_no_header_leaves_the_data(tmp_path: Path, faulty: Path) -> None:
    checked = check(faulty)
    by_header = replace(checked, collection=replace(checked.collection, patient_origin="header"))
    assert fix(by_header, faulty, tmp_path / "fixed.csv").header_patients
    table = pd.read_csv(tmp_path / "fixed.csv", dtype=str)
    assert set(table["patient"].str.match(r"patient \d+$")) == {True}
    known = checked.collection.rows.set_index("image")["patient"]
    kept = [known[name.removeprefix("given/data/")] for name in table["image"]]
    assert table["patient"].nunique() == len(set(kept))


def test_an_assumption_is_not_written_down(tmp_path: Path, faulty: Path) -> None:
    fix(check(faulty, patient_is_image=True), faulty, tmp_path / "fixed.csv")
    assert pd.read_csv(tmp_path / "fixed.csv")["patient"].isna().all()


def test_broken_names_lead_back(tmp_path: Path) -> None:
    for name, bright in ((b"a", 10), (b"b", 120)):
        folder = tmp_path / "data" / name.decode()
        folder.mkdir(parents=True)
        for i in range(12):
            pixels = np.random.default_rng(bright + i).integers(0, bright, (20, 20), np.uint8)
            place = bytes(folder) + b"/f\xe9%d.png" % i
            with open(place, "wb") as stream:  # noqa: PTH123 - bytes
                Image.fromarray(pixels).save(stream, "PNG")
    checked = check(tmp_path / "data", patient_is_image=True, positive="b")
    fix(checked, tmp_path / "data", tmp_path / "fixed.csv")
    again = check(tmp_path / "fixed.csv", patient_is_image=True, positive="b")
    assert len(again.examination.facts) == 24
    assert (again.examination.facts["error"] == "").all()


def painted(place: Path, seed: int) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (40, 40), np.uint8)).save(place)


def test_masks_stay_with_their_images(tmp_path: Path) -> None:
    for i in range(8):
        painted(tmp_path / "data" / "images" / f"{i}.png", seed=0 if i == 5 else i)  # 5 is a copy of 0
        mask = np.zeros((40, 40), np.uint8)
        mask[5 : 15 + i, 8:20] = 255
        (tmp_path / "data" / "masks").mkdir(exist_ok=True)
        Image.fromarray(mask).save(tmp_path / "data" / "masks" / f"{i}.png")
    checked = check(tmp_path / "data")
    assert checked.collection.task == "segmentation"
    fix(checked, tmp_path / "data", tmp_path / "fixed.csv")
    again = check(tmp_path / "fixed.csv")
    assert again.collection.task == "segmentation"
    assert sorted(again.collection.rows["image"]) == [f"data/images/{i}.png" for i in (0, 1, 2, 3, 4, 6, 7)]
    assert dict(zip(again.collection.masks["image"], again.collection.masks["mask"], strict=True)) == {
        f"data/images/{i}.png": f"data/masks/{i}.png" for i in (0, 1, 2, 3, 4, 6, 7)
    }
    assert "dup.exact" not in {finding.check for finding in again.examination.findings}


def test_boxes_stay_with_their_images(tmp_path: Path) -> None:
    lines = ["image,label,xmin,ymin,xmax,ymax"]
    for i in range(8):
        painted(tmp_path / "data" / f"{i}.png", seed=0 if i == 5 else i)
        lines += [f"{i}.png,cell,{i},2,{i + 9},12", f"{i}.png,nucleus,20,20,26,{25 + i}"]
    (tmp_path / "data" / "boxes.csv").write_text("\n".join(lines))
    checked = check(tmp_path / "data")
    assert checked.collection.task == "detection"
    fix(checked, tmp_path / "data", tmp_path / "new" / "fixed.csv")
    again = check(tmp_path / "new" / "fixed.csv").collection
    assert again.task == "detection"
    known = checked.collection.regions
    kept = known[known["image"] != "5.png"].assign(image=lambda r: "../data/" + r["image"])
    columns = ["image", "name", "x_min", "y_min", "x_max", "y_max"]
    pd.testing.assert_frame_equal(
        again.regions[columns].sort_values(columns).reset_index(drop=True),
        kept[columns].sort_values(columns).reset_index(drop=True),
        check_dtype=False,
    )


def test_a_place_that_cannot_be_written_is_refused_before_the_long_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="nothing can be written into"):
        refuse_target(tmp_path / "file" / "new.csv", tmp_path / "data")
    refuse_target(tmp_path / "not yet" / "new.csv", tmp_path / "data")
    monkeypatch.setattr("os.access", lambda folder, mode: False)  # a disk that is read only
    with pytest.raises(UsageError, match="another folder"):
        refuse_target(tmp_path / "new.csv", tmp_path / "data")
