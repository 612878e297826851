from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection


def put(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([1.0, 1, 2, 1])), path)


@pytest.fixture
def decathlon(tmp_path: Path) -> Path:
    folder = tmp_path / "Task99_Made"
    for number in range(6):
        put(folder / "imagesTr" / f"made_{number:03d}.nii.gz", number)
        put(folder / "labelsTr" / f"made_{number:03d}.nii.gz", number)
    put(folder / "imagesTs" / "made_900.nii.gz", 900)
    content = {
        "name": "Made",
        "modality": {"0": "MRI"},
        "labels": {"0": "background", "1": "Anterior", "2": "Posterior"},
        "training": [{"image": "./imagesTr/made_000.nii.gz", "label": "./labelsTr/made_000.nii.gz"}],
    }
    (folder / "dataset.json").write_text(json.dumps(content))
    return folder


def test_the_decathlon(decathlon: Path) -> None:
    collection = open_collection(decathlon.parent)  # unpacked, one folder deep
    assert (collection.layout, collection.task) == ("msd", "segmentation")
    assert collection.classes == ("Anterior", "Posterior")
    assert collection.mask_values == {"1": "Anterior", "2": "Posterior"}
    assert list(collection.rows["split"]) == ["train"] * 6 + ["test"]
    assert set(collection.rows["modality"]) == {"MR"}
    assert collection.masks.to_dict("records")[2] == {
        "image": "imagesTr/made_002.nii.gz", "mask": "labelsTr/made_002.nii.gz", "name": "", "annotator": "",
    }  # fmt: skip
    assert not any(collection.leftovers.values())


def test_what_does_not_fit_is_told(decathlon: Path) -> None:
    (decathlon / "imagesTr" / "made_000.nii.gz").unlink()
    (decathlon / "notes.txt").write_text("x")
    collection = open_collection(decathlon)
    assert collection.leftovers == {
        "mask_without_image": ("labelsTr/made_000.nii.gz",),
        "row_without_file": ("./imagesTr/made_000.nii.gz",),
        "not_an_image": ("notes.txt",),
    }
    told = [f.message for f in examine(collection).findings if f.check == "file.leftover"]
    assert len(told) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]", "an object"),
        ("{", "not readable JSON"),
        ("[" * 100_000, "not readable JSON"),
        ('{"labels": ["a"]}', "should map values to names"),
        ('{"labels": {"a": "b"}}', "whole number"),
    ],
)
def test_a_damaged_dataset_json_is_refused(decathlon: Path, text: str, words: str) -> None:
    (decathlon / "dataset.json").write_text(text)
    with pytest.raises(DataRefused, match=words):
        open_collection(decathlon)


@pytest.mark.data
def test_hippocampus(shared_data: Path) -> None:
    collection = open_collection(shared_data / "msd_task04_hippocampus")
    assert (collection.layout, len(collection.rows), len(collection.masks)) == ("msd", 200, 200)
    assert "There is no dataset.json" in " ".join(collection.understood)
