from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image

from thirdeye.errors import DataRefused
from thirdeye.intake.open import open_collection


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(len(path.name)).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([1.0, 1, 2, 1])), path)


def made(folder: Path, labels: dict[str, object], *, channels: tuple[str, ...] = ("T1", "FLAIR")) -> Path:
    for number in range(4):
        for channel in range(len(channels)):
            put(folder / "imagesTr" / f"BRATS_{number:03d}_{channel:04d}.nii.gz")
        put(folder / "labelsTr" / f"BRATS_{number:03d}.nii.gz")
    content = {
        "channel_names": {str(number): name for number, name in enumerate(channels)},
        "labels": labels,
        "numTraining": 4,
        "file_ending": ".nii.gz",
    }
    (folder / "dataset.json").write_text(json.dumps(content))
    return folder


def test_cases_of_several_channels(tmp_path: Path) -> None:
    collection = open_collection(made(tmp_path, {"background": 0, "oedema": 1, "core": 2}))
    assert (collection.layout, collection.task) == ("nnunet", "segmentation")
    assert collection.rows["case"].nunique() == 4
    assert collection.rows[["image", "case", "channel", "modality"]].iloc[1].tolist() == [
        "imagesTr/BRATS_000_0001.nii.gz", "imagesTr/BRATS_000", "FLAIR", "MR",
    ]  # fmt: skip
    assert collection.masks["mask"].value_counts().to_dict() == {
        f"labelsTr/BRATS_00{n}.nii.gz": 2 for n in range(4)
    }
    assert collection.mask_values == {"1": "oedema", "2": "core"}
    assert collection.classes == ("oedema", "core")


def test_regions_and_ignored_voxels(tmp_path: Path) -> None:
    labels = {"background": 0, "whole tumour": [1, 2, 3], "core": [2, 3], "enhancing": 3, "ignore": 4}
    collection = open_collection(made(tmp_path, labels))
    assert collection.mask_values == {
        "1": "whole tumour", "2": "whole tumour|core", "3": "whole tumour|core|enhancing", "4": "ignore",
    }  # fmt: skip
    assert collection.classes == ("whole tumour", "core", "enhancing", "ignore")
    assert "2 is whole tumour and core" in " ".join(collection.understood)


def test_a_case_without_a_channel_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path, {"background": 0, "core": 1})
    (folder / "imagesTr" / "BRATS_002_0001.nii.gz").unlink()
    assert open_collection(folder).leftovers == {"channel_missing": ("imagesTr/BRATS_002",)}


def test_untrue_statements_are_told(tmp_path: Path) -> None:
    folder = made(tmp_path, {"background": 0, "core": 1, "rim": 3})
    content = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps({**content, "numTraining": 9}))
    assert open_collection(folder).leftovers["stated_otherwise"] == (
        "numTraining is 9, but 4 training cases are there",
        "the values of masks are 0, 1, 3; nnU-Net wants 0, 1, 2...",
    )


def test_test_part_and_flat_pictures(tmp_path: Path) -> None:
    for part, number in (("Tr", 0), ("Tr", 1), ("Ts", 2)):
        for name in (f"images{part}/c_{number}_0000.png", f"labels{part}/c_{number}.png"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) % 2).save(tmp_path / name)
    collection = open_collection(tmp_path)  # no dataset.json: the numbers of channels say it
    assert collection.layout == "nnunet"
    assert list(collection.rows["split"]) == ["train", "train", "test"]
    assert len(collection.masks) == 3


def test_channel_names_without_numbered_files_are_refused(tmp_path: Path) -> None:
    folder = made(tmp_path, {"background": 0, "core": 1}, channels=("CT",))
    for path in (folder / "imagesTr").iterdir():
        path.rename(path.with_name(path.name.replace("_0000", "")))
    with pytest.raises(DataRefused, match="--layout msd"):
        open_collection(folder)
    assert open_collection(folder, layout="msd").rows["modality"].iloc[0] == "CT"
