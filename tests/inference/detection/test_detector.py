from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UnreadableFile
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.detector import find_in, in_pixels_of, open_detector
from thirdeye.inference.detection.export import export_detector
from thirdeye.inference.detection.heads import window_reader
from thirdeye.inference.detection.manifest import (
    MANIFEST_FILE,
    DetectionManifest,
    read_detection_manifest,
)
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.model.build_detector import build_detector
from thirdeye.training.detection.engine import torch_runs
from thirdeye.transform.dense.prepare import Preparation, prepared
from thirdeye.transform.detection.anchors import Anchors

RNG = np.random.default_rng(0)
POINT = {"name": "one_false_positive", "class": None, "threshold": 0.3, "origin": "tuned_on_validation"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with two untrained members that read images shrunk to 96 pixels."""
    torch.manual_seed(0)
    study = Study(tmp_path_factory.mktemp("study"))
    study.path("model").mkdir()
    anchors = Anchors((8, 16), (8.0, 16.0))
    files, members = [], []
    for index in range(2):
        network, _ = build_detector("fcos_lite0", anchors, n_classes=2, width=32, weights="none")
        own = export_detector(network.eval(), study.path("model"), f"member_{index}")
        members.append({"files": [one["file"] for one in own], "fold": index})
        files += own
    manifest = DetectionManifest(
        task="detection", classes=("cell", "other"), technique="one_stage", architecture="fcos_lite0",
        preparation=Preparation(2, 3, "range", longest_px=96), tile_px=(64, 96), overlap=0.3,
        strides=anchors.strides, anchors=anchors.sizes, ratios=(1.0,), suppression=Suppression("soft"),
        lowest_score=0.02, most_boxes=50, onnx=tuple(files), members=tuple(members),
        operating_points=(POINT,),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return study


def image(height: int = 130, width: int = 192, *, grey: bool = False) -> Image:
    shape = (height, width) if grey else (height, width, 3)
    return Image(RNG.integers(0, 256, shape, dtype=np.uint8), 8, "a.png")


def test_the_manifest_comes_back_as_it_was_written(place: Study) -> None:
    manifest = read_detection_manifest(place)
    assert DetectionManifest.from_json(manifest.as_json()) == manifest
    assert manifest.suppression == Suppression("soft")
    assert manifest.tile_px == (64, 96)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"version": 99}, "update thirdeye"),
        ({"suppression": {"name": "soft", "colour": 3}}, "incomplete or damaged"),
        ({"onnx": [{"file": "../../etc/passwd", "sha256": ""}]}, "outside its folder"),
        ({"preparation": None}, "incomplete or damaged"),
    ],
)
def test_a_damaged_manifest_is_refused(place: Study, changed: dict, said: str) -> None:
    with pytest.raises(StudyMismatch, match=said):
        DetectionManifest.from_json(read_detection_manifest(place).as_json() | changed)


@pytest.mark.parametrize("grey", [False, True])
def test_boxes_lie_in_the_image_as_stored(place: Study, grey: bool) -> None:
    found = open_detector(place, read_detection_manifest(place), threads=1).find(image(grey=grey))
    assert 0 < len(found) <= 50
    assert found.boxes.min() >= 0
    assert found.boxes[:, 2].max() <= 192
    assert found.boxes[:, 3].max() <= 130
    assert found.boxes[:, 2].max() > 96  # not in prepared pixels
    assert (np.diff(found.scores) <= 0).all()


def test_a_file_that_was_changed_is_not_read(place: Study, tmp_path: Path) -> None:
    manifest = read_detection_manifest(place)
    other = replace(manifest, onnx=({**manifest.onnx[0], "sha256": "0" * 64},))
    with pytest.raises(StudyMismatch, match="was changed after training"):
        open_detector(place, other, threads=1)


def test_values_that_are_no_numbers_are_refused(place: Study) -> None:
    pixels = np.full((40, 40), np.nan, np.float32)
    with pytest.raises(UnreadableFile, match="not finite"):
        open_detector(place, read_detection_manifest(place), threads=1).find(Image(pixels, 32, "a.png"))


def test_boxes_are_carried_to_the_stored_image_along_both_axes() -> None:
    found = Detections(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([0.5]), np.array([0]))
    assert in_pixels_of(found, (10, 20), (30, 40)).boxes.tolist() == [[2, 6, 6, 12]]


def test_two_members_are_fused() -> None:
    torch.manual_seed(1)
    anchors = Anchors((8, 16), (8.0, 16.0))
    readers = [
        window_reader(
            torch_runs(build_detector("fcos_lite0", anchors, n_classes=1, width=32, weights="none")[0]),
            anchors,
        )
        for _ in range(2)
    ]
    from thirdeye.inference.detection.detector import Finding
    from thirdeye.inference.detection.tiles import Tiling

    how = Finding(Tiling((64, 64), 0.2, 32), Suppression("hard", iou=0.5), 0.01, 20)
    array = prepared(image(60, 60), Preparation(2, 3, "range")).array
    one, both = find_in(array, readers[:1], how), find_in(array, readers, how)
    assert 0 < len(both) <= 20
    assert both.scores[0] <= max(one.scores[0], find_in(array, readers[1:], how).scores[0])
