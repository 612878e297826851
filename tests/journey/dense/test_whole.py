"""From data with masks to evidence with tiny budgets: 2-D, 3-D, 2.5-D, several channels, a field of view."""

from __future__ import annotations

import json
import shutil

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

import thirdeye
from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import write_mask_phantoms
from thirdeye.inference.readers import open_reader
from thirdeye.journey.checking import check
from thirdeye.journey.planning import plan
from thirdeye.journey.training import train
from thirdeye.journey.validating import validate

TINY = {"rounds": 1, "width": 4, "batch_size": 2, "members": 1, "folds": 2}


@pytest.fixture(autouse=True)
def _known_machine(monkeypatch):
    monkeypatch.setattr("thirdeye.journey.dense.planning._speed", lambda plan: 1e6)
    for verb in ("training", "validating"):
        monkeypatch.setattr(f"thirdeye.journey.dense.{verb}.usable_threads", lambda: 1)


def whole(data, study, **overrides):
    plan(data, out=study, budget="1h", overrides=TINY | overrides, patient_is_image=True)
    train(study)
    validate(study)
    read = Study(study).read_json
    return read("plan.json")["values"], read("evaluation.json")["sets"]


def thick_volumes(folder, *, channels=("",), cases=8, slices=3):
    """Volumes of thick slices in nnU-Net's folders, a file per channel."""
    rng = np.random.default_rng(0)
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir(parents=True)
    affine = np.diag([1.0, 1.0, 10.0, 1.0])
    for case in range(cases):
        truth = np.zeros((24, 24, slices), np.uint8)
        row = int(rng.integers(4, 12))
        truth[row : row + 8, 6:16] = 1
        for number, _ in enumerate(channels):
            values = rng.normal(100, 10, truth.shape) + (40.0 if number else -40.0) * truth
            ending = f"_{number:04d}" if len(channels) > 1 else ""
            nib.save(
                nib.Nifti1Image(values.astype(np.float32), affine),
                folder / "imagesTr" / f"c{case:02d}{ending}.nii.gz",
            )
        nib.save(nib.Nifti1Image(truth, affine), folder / "labelsTr" / f"c{case:02d}.nii.gz")
    names = {str(number): name or "MR" for number, name in enumerate(channels)}
    content = {"channel_names": names} if len(channels) > 1 else {"modality": names}
    content |= {"labels": {"background": 0, "block": 1}, "numTraining": cases, "file_ending": ".nii.gz"}
    (folder / "dataset.json").write_text(json.dumps(content))
    return folder


def in_one_file(folder):
    """Put the channels of each case into the fourth axis of one file, as the Decathlon does."""
    for first in sorted(folder.glob("*_0000.nii.gz")):
        files = [first, first.with_name(first.name.replace("_0000", "_0001"))]
        parts = [nib.load(file) for file in files]
        voxels = np.stack([np.asarray(part.dataobj) for part in parts], axis=-1)
        nib.save(nib.Nifti1Image(voxels, parts[0].affine), first.with_name(first.name.replace("_0000", "")))
        for file in files:
            file.unlink()


@pytest.mark.slow
def test_pictures_and_a_second_run_that_trains_nothing(tmp_path, monkeypatch):
    data = write_mask_phantoms(tmp_path / "data", cases=10, sides=(32, 32))
    values, sets = whole(data, tmp_path / "study", mining=0.5)
    assert values["mining"]["value"] == 0.5
    assert {"test", "validation"} <= set(sets)
    monkeypatch.setattr(
        "thirdeye.training.dense.members.fit_dense", lambda *a, **k: pytest.fail("trained twice")
    )
    before = Study(tmp_path / "study").read_json("model/model.json")
    (tmp_path / "study/model/model.json").unlink()
    train(tmp_path / "study")
    after = Study(tmp_path / "study").read_json("model/model.json")
    assert [one["sha256"] for one in after["onnx"]] == [one["sha256"] for one in before["onnx"]]


@pytest.mark.slow
def test_thick_slices_are_read_with_their_neighbours(tmp_path):
    values, sets = whole(thick_volumes(tmp_path / "data"), tmp_path / "study", rounds=4)
    assert values["neighbours"]["value"] == 1
    preparation = Study(tmp_path / "study").read_json("model/model.json")["preparation"]
    assert (preparation["neighbours"], preparation["thick_axis"]) == (1, 2)
    assert sets["test"]["n"] >= 1


@pytest.mark.slow
def test_volumes_of_one_slice(tmp_path):
    values, sets = whole(thick_volumes(tmp_path / "data", slices=1), tmp_path / "study")
    assert values["patch"]["value"][2] == 1
    assert sets["test"]["n"] >= 1


@pytest.mark.slow
def test_channels_in_files_of_their_own_are_one_case(tmp_path):
    values, sets = whole(
        thick_volumes(tmp_path / "data", channels=("T1", "T2"), slices=2), tmp_path / "study"
    )
    assert values["channels"]["value"] == 2
    assert sets["test"]["n"] + sets["validation"]["n"] <= 8
    channels = Study(tmp_path / "study").read_json("model/model.json")["channels"]
    assert channels == [{"name": "T1", "ending": "_0000"}, {"name": "T2", "ending": "_0001"}]
    opinions = list(thirdeye.read(tmp_path / "study", tmp_path / "data/imagesTr"))
    assert len(opinions) == 8
    assert opinions[0].source.endswith("c00_0000.nii.gz + c00_0001.nii.gz")
    assert sum(one.abstained is not None for one in opinions) <= 1


@pytest.mark.slow
def test_channels_in_the_fourth_axis(tmp_path):
    data = tmp_path / "data"
    thick_volumes(data, channels=("T1", "T2"), slices=2)
    in_one_file(data / "imagesTr")
    content = json.loads((data / "dataset.json").read_text())
    content["modality"] = content.pop("channel_names")
    (data / "dataset.json").write_text(json.dumps(content))
    checked = check(data, patient_is_image=True)
    assert checked.collection.layout == "msd"
    assert set(checked.examination.facts["channels"]) == {2}
    values, sets = whole(data, tmp_path / "study")
    assert (values["channels"]["value"], values["axes"]["value"]) == (2, 3)
    assert sets["test"]["n"] >= 1
    assert Study(tmp_path / "study").read_json("model/model.json")["channels"] == []
    scan = data / "imagesTr/c00.nii.gz"
    (reading,) = open_reader(tmp_path / "study").read_many([scan])
    assert reading.opinion.abstained is None
    assert reading.labels.shape == (24, 24, 2)
    written = reading.write(tmp_path, "c00")
    labels = nib.load(tmp_path / written[0])
    assert labels.shape == (24, 24, 2)
    np.testing.assert_array_equal(labels.affine, nib.load(scan).affine)
    assert reading.picture().pixels.ndim == 3


@pytest.mark.slow
def test_beyond_the_field_of_view_nothing_counts(tmp_path):
    data = tmp_path / "data"
    write_mask_phantoms(tmp_path / "raw", cases=10, sides=(32, 32))
    for number, file in enumerate(sorted((tmp_path / "raw/images").iterdir())):
        for folder in ("images", "1st_manual", "mask"):
            (data / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, data / "images" / f"{number:02d}.png")
        marked = np.asarray(Image.open(tmp_path / "raw/masks" / file.name).convert("L")) > 0
        marked[:, 16:] = True  # nonsense beyond the field
        Image.fromarray((255 * marked).astype(np.uint8)).save(data / "1st_manual" / f"{number:02d}.png")
        field = np.zeros((32, 32), np.uint8)
        field[:, :16] = 255
        Image.fromarray(field).save(data / "mask" / f"{number:02d}.png")
    _, sets = whole(data, tmp_path / "study")
    for name in ("test", "validation"):
        (area,) = [one for one in sets[name]["metrics"] if one["name"] == "pixel_auc"]
        assert area["n_units"] == sets[name]["n"] * 32 * 16  # pixels inside the field of view
    assert len((tmp_path / "study/fields.csv").read_text().splitlines()) == 11
    targets = [np.load(path) for path in (tmp_path / "study/runs/cache/dense").rglob("*.target.npy")]
    assert all((target[:, 16:] == 255).all() and (target[:, :16] < 2).all() for target in targets)
    area = next(m for m in sets["test"]["metrics"] if m["name"] == "pixel_auc")
    assert area["n_pos"] + area["n_neg"] == sets["test"]["n"] * 32 * 16
    assert max(case["predicted_size"] for case in sets["test"]["cases"]) <= 32 * 16
