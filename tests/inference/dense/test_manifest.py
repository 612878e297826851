"""model.json of a reader of structures: there and back, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest, read_dense_manifest


def test_there_and_back(volume_study: Path) -> None:
    form = json.loads((volume_study / MANIFEST_FILE).read_text())
    manifest = read_dense_manifest(Study(volume_study))
    assert json.loads(json.dumps(manifest.as_json())) == form
    assert DenseManifest.from_json(form) == manifest
    assert manifest.tidying == {1: "drop_small"}
    assert manifest.windows.size == (16, 16, 16)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 99}, "update thirdeye-imaging"),
        ({"version": None}, "version"),
        ({"windows": {"size": [0], "overlap": 0.5, "batch": 1}}, "windows"),
        ({"windows": 3}, "incomplete or damaged"),
        ({"preparation": {"axes": 2}}, "incomplete or damaged"),
        ({"preparation": None}, "incomplete or damaged"),
        ({"tidying": {"one": "none"}}, "incomplete or damaged"),
        ({"onnx": [{"file": "../../other.onnx", "sha256": "0"}]}, "outside its folder"),
        ({"onnx": []}, "no network"),
    ],
)
def test_what_is_damaged_is_refused(volume_study: Path, change: dict[str, Any], words: str) -> None:
    form = json.loads((volume_study / MANIFEST_FILE).read_text())
    with pytest.raises(StudyMismatch, match=words):
        DenseManifest.from_json({**form, **change})


@pytest.mark.parametrize("missing", ["task", "classes", "architecture", "preparation", "windows", "onnx"])
def test_every_field_that_reading_needs(volume_study: Path, missing: str) -> None:
    form = json.loads((volume_study / MANIFEST_FILE).read_text())
    del form[missing]
    with pytest.raises(StudyMismatch, match="incomplete or damaged"):
        DenseManifest.from_json(form)
