"""Putting a reader together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.inference.assemble import MOST_IMAGES, assemble_reader, sample_of
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.facts import facts_of
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.second_opinion import SecondReader


def draft(**more: object) -> Manifest:
    wanted = {"size_px": 32, "resize": "squash", "intensity": "full_range"}
    fields = {"classes": ("a", "b", "c"), "positive": None, "architecture": "tiny", "onnx": {}}
    return Manifest(
        task="multiclass", input=wanted, calibration=Calibration("none", "multiclass"), **(fields | more)
    )


@pytest.fixture(scope="module")
def material(blob_image) -> dict:
    random = np.random.default_rng(0)
    images = [blob_image(random, positive=bool(k % 2), side=32) for k in range(60)]
    prepared = np.stack([np.repeat(image.pixels[..., None], 3, axis=2) for image in images])
    return {"prepared": prepared, "facts": [facts_of(i, p) for i, p in zip(images, prepared, strict=True)]}


def test_hashes_of_members_and_files_are_filled_in(tmp_path: Path, make_network, material: dict) -> None:
    study = Study(tmp_path / "s")
    study.write_text("model/member_0.safetensors", "weights")
    held = np.arange(60)[:, None] >= 30
    members = ({"file": "member_0.safetensors", "fold": -1},)
    manifest = assemble_reader(
        study, [make_network(n_outputs=3)], draft(members=members), held_out=held, **material
    )
    assert manifest.onnx["sha256"] == study.sha256("model/model.onnx")
    assert manifest.envelope["sha256"] == study.sha256("model/envelope.npz")
    assert manifest.members[0]["sha256"] == study.sha256("model/member_0.safetensors")
    assert manifest.as_json() == json.loads(study.path("model/model.json").read_text())
    assert sorted(p.name for p in study.path("model").iterdir()) == [
        "envelope.npz", "member_0.safetensors", "model.json", "model.onnx",
    ]  # fmt: skip
    assert SecondReader.load(study.folder).manifest == manifest


def test_too_few_images_leave_out_the_feature_envelope(tmp_path: Path, make_network, material: dict) -> None:
    few = {name: value[:12] for name, value in material.items()}
    held = np.arange(12)[:, None] >= 6
    manifest = assemble_reader(
        Study(tmp_path / "s"), [make_network(n_outputs=3)], draft(), held_out=held, **few
    )
    assert "file" not in manifest.envelope
    assert manifest.envelope["n"] == 12
    SecondReader.load(tmp_path / "s")


def test_lengths_must_fit(tmp_path: Path, make_network, material: dict) -> None:
    with pytest.raises(UsageError, match="do not fit together"):
        assemble_reader(
            Study(tmp_path), [make_network(n_outputs=3)], draft(), held_out=np.ones((60, 2), bool), **material
        )


def test_the_sample_holds_enough_of_both_kinds() -> None:
    official = np.arange(5000)[:, None] >= 4500
    chosen = sample_of(official)
    assert len(chosen) == len(set(chosen.tolist())) == MOST_IMAGES
    assert (chosen >= 4500).sum() == MOST_IMAGES // 2
    few = np.arange(5000)[:, None] >= 4990
    assert ((sample_of(few) >= 4990).sum(), len(sample_of(few))) == (10, MOST_IMAGES)
    crossed = np.arange(3000)[:, None] % 5 == np.arange(5)
    assert len(sample_of(crossed)) == MOST_IMAGES
    assert len(sample_of(crossed[:70])) == 70
