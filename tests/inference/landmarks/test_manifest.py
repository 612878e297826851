from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.inference.landmarks.manifest import LandmarkManifest
from thirdeye.transform.landmarks.canvas import Canvas
from thirdeye.transform.landmarks.looks import First, Second
from thirdeye.transform.landmarks.pairs import PairModel
from thirdeye.transform.landmarks.shape import ShapeModel


@pytest.fixture
def manifest() -> LandmarkManifest:
    return LandmarkManifest(
        "landmarks", ("a", "b"), "heat_lite0",
        First(Canvas(64, 32, 0.02, 1, "range"), 4, 1.0, True, "dark", True, (1, 0), 0.2),
        Second(2.0, 64, 2, 1.0, 5.0, "local_mean"),
        ShapeModel(np.eye(2), np.zeros((0, 2, 2)), np.zeros(0), 0.1), 0.3,
        ({"file": "first_0.onnx", "sha256": "00", "look": "first"},),
    )  # fmt: skip


def test_a_manifest_survives_its_file(manifest: LandmarkManifest) -> None:
    again = LandmarkManifest.from_json(json.loads(json.dumps(manifest.as_json())))
    assert (again.first, again.second, again.onnx) == (manifest.first, manifest.second, manifest.onnx)
    assert again.shape is not None
    np.testing.assert_array_equal(again.shape.mean, np.eye(2))
    assert again.as_json() == manifest.as_json()


def test_how_landmarks_lie_to_each_other_is_kept(manifest: LandmarkManifest) -> None:
    pairs = PairModel(np.zeros((2, 2, 2)), np.ones((2, 2, 2, 2)))
    form = json.loads(json.dumps(replace(manifest, pairs=pairs).as_json()))
    again = LandmarkManifest.from_json(form)
    assert again.pairs is not None
    assert again.pairs.as_json() == pairs.as_json()
    del form["pairs"], form["first"]["agreement"]  # as of earlier versions
    earlier = LandmarkManifest.from_json(form)
    assert (earlier.pairs, earlier.first.agreement) == (None, 0.0)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("version", 99, "update"),
        ("first", {}, "damaged"),
        ("shape", {"mean": []}, "damaged"),
        ("pairs", {"landmarks": 3, "pairs": [1, 2]}, "damaged"),
        ("onnx", [{"file": "../x.onnx", "sha256": "0", "look": "first"}], "outside"),
    ],
)
def test_a_damaged_manifest_is_refused(manifest: LandmarkManifest, name: str, value: Any, said: str) -> None:
    form = {**manifest.as_json(), name: value}
    with pytest.raises(StudyMismatch, match=said):
        LandmarkManifest.from_json(form)
