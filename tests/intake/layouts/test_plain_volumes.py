"""The layouts of pictures hold volumes too: a table, a folder per class, nothing but scans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.intake.examine import examine
from thirdeye.intake.files import find_files
from thirdeye.intake.open import open_collection
from thirdeye.intake.volume_write import write_volume


def put(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = np.random.default_rng(seed).normal(100, 20, (10, 12, 8)).astype(np.int16)
    write_volume(path, Volume(voxels, Geometry(np.diag([1.0, 1, 2, 1])), "x"))


@pytest.mark.parametrize("ending", [".nii.gz", ".nii", ".mha", ".nrrd"])
@pytest.mark.parametrize("written", ["scans/{}{}", "{}{}", "{}"])
def test_a_table_names_volumes(tmp_path: Path, ending: str, written: str) -> None:
    names = [f"case_{number:02d}" for number in range(12)]
    for number, name in enumerate(names):
        put(tmp_path / "scans" / (name + ending), number)
    table = pd.DataFrame(
        {
            "image": [written.format(name, ending) for name in names],
            "label": ["benign", "malignant"] * 6,
            "patient": names,
        }
    )
    table.to_csv(tmp_path / "cases.csv", index=False)
    collection = open_collection(tmp_path)
    assert (collection.layout, collection.task, len(collection.rows)) == ("table", "binary", 12)
    assert collection.rows["image"].iloc[3] == f"scans/case_03{ending}"
    facts = examine(collection).facts
    assert set(facts["error"]) == {""}
    assert set(facts["orientation"]) == {"RAS"}


def test_a_folder_per_class(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path / ("sick", "healthy")[number % 2] / f"{number}.nii.gz", number)
    collection = open_collection(tmp_path)
    assert (collection.layout, collection.positive) == ("class-folders", "sick")
    seen = examine(collection)
    assert set(seen.facts["kind"]) == {"volume"}
    assert {run.check: run.status for run in seen.runs}["volume.orientation"] == "clean"


def test_parts_with_class_folders(tmp_path: Path) -> None:
    for number in range(16):
        part = "train" if number < 10 else "test"
        put(tmp_path / part / ("sick", "healthy")[number % 2] / f"{number}.nii.gz", number)
    collection = open_collection(tmp_path)
    assert (collection.layout, set(collection.rows["split"])) == ("split-folders", {"train", "test"})


def test_nothing_but_scans(tmp_path: Path) -> None:
    for number in range(5):
        put(tmp_path / f"{number}.nii.gz", number)
    collection = open_collection(tmp_path, labels_optional=True)
    assert (collection.task, len(collection.rows)) == ("unlabelled", 5)


def test_copies_in_another_format_and_orientation_are_found(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path / ("sick", "healthy")[number % 2] / f"{number}.nii.gz", number)
    put(tmp_path / "sick" / "copy.mha", 4)
    groups = [f.groups for f in examine(open_collection(tmp_path)).findings if f.check == "dup.exact"]
    assert [set(group) for group in groups[0]] == [{"sick/4.nii.gz", "sick/copy.mha"}]


def test_one_damaged_volume_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path / ("sick", "healthy")[number % 2] / f"{number}.nii.gz", number)
    path = tmp_path / "sick" / "4.nii.gz"
    path.write_bytes(path.read_bytes()[:-20])
    finding = next(f for f in examine(open_collection(tmp_path)).findings if f.check == "file.unreadable")
    assert finding.cases == ("sick/4.nii.gz",)
    assert "gzip stream ends too early" in finding.message


def test_voxels_beside_their_header_are_not_left_over(tmp_path: Path) -> None:
    for ending, pair in ((".mhd", ".raw"), (".nhdr", ".raw"), (".hdr", ".img")):
        image = SimpleITK.GetImageFromArray(
            np.random.default_rng(1).normal(size=(4, 5, 6)).astype(np.float32)
        )
        SimpleITK.WriteImage(image, str(tmp_path / f"v{ending[1:]}{ending}"))
        assert (tmp_path / f"v{ending[1:]}{pair}").is_file()
    found = find_files(tmp_path)
    assert (len(found.images), found.others) == (3, ())
    facts = examine(open_collection(tmp_path, labels_optional=True)).facts
    assert facts["error"].tolist() == ["", "", ""]
    assert facts["sha256"].nunique() == 1
