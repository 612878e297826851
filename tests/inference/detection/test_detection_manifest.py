from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.detection.manifest import (
    MANIFEST_FILE,
    DetectionManifest,
    read_detection_manifest,
)
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.transform.dense.prepare import Preparation


@pytest.fixture
def manifest() -> DetectionManifest:
    return DetectionManifest(
        task="detection", classes=("cell",), technique="one_stage", architecture="fcos_lite0",
        preparation=Preparation(2, 3, "range"), tile_px=(64, 96), overlap=0.3, strides=(8,), anchors=(8.0,),
        ratios=(1.0,), suppression=Suppression("hard"), lowest_score=0.02, most_boxes=50,
        onnx=({"file": "member_0_heads.onnx", "sha256": "ab"},),
        members=({"files": ["member_0_heads.onnx"], "fold": 0},),
    )  # fmt: skip


def test_a_manifest_survives_its_file(manifest: DetectionManifest, tmp_path: Path) -> None:
    Study(tmp_path).write_json(MANIFEST_FILE, manifest.as_json())
    again = read_detection_manifest(Study(tmp_path))
    assert json.dumps(again.as_json()) == json.dumps(manifest.as_json())
    assert (again.preparation, again.suppression) == (manifest.preparation, manifest.suppression)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("version", 99, "update"),
        ("preparation", {}, "damaged"),
        ("onnx", [{"file": "../x.onnx", "sha256": "0"}], "outside"),
        ("members", [{"files": ["../../other/x.onnx"], "fold": 0}], "made of files among"),
        ("members", [{"files": "member_0_heads.onnx", "fold": 0}], "made of files among"),
        ("members", [7], "made of files among"),
        ("members", [], "no member"),
    ],
)
def test_a_damaged_manifest_is_refused(manifest: DetectionManifest, name: str, value: Any, said: str) -> None:
    with pytest.raises(StudyMismatch, match=said):
        DetectionManifest.from_json({**manifest.as_json(), name: value})
