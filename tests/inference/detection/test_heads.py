"""Reading without torchvision's own decoding gives what torchvision's own decoding gives."""

import numpy as np
import pytest
import torch

from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.heads import level_of, window_reader
from thirdeye.inference.detection.suppress import Suppression, suppressed
from thirdeye.model.build_detector import build_detector
from thirdeye.model.detectors.detection_network import image_list
from thirdeye.training.detection.engine import torch_runs
from thirdeye.transform.detection.anchors import Anchors

SIDES = (64, 96)
WINDOWS = np.random.default_rng(0).uniform(-1, 1, (2, 3, *SIDES)).astype(np.float32)
ANCHORS = {
    "fcos_lite0": Anchors((8, 16, 32), (8.0, 16.0, 32.0)),
    "retinanet_lite0": Anchors((8, 16, 32), (16.0, 32.0, 64.0), (0.5, 1.0, 2.0)),
    "faster_rcnn_lite0": Anchors((8, 16, 32), (16.0, 32.0, 64.0), (0.5, 1.0, 2.0)),
}


def network(name: str):
    torch.manual_seed(0)
    found, _ = build_detector(name, ANCHORS[name], n_classes=2, width=32)
    with torch.no_grad():  # heads that say something
        for part, weight in found.named_parameters():
            if any(word in part for word in ("cls_logits", "bbox_reg", "cls_score", "bbox_pred", "rpn.head")):
                weight.normal_(0, 0.05)
    return found.eval()


def agree(mine: Detections, theirs: dict[str, torch.Tensor], *, shift: int, tolerance: float) -> None:
    expected = Detections.ordered(
        theirs["boxes"].numpy(), theirs["scores"].numpy(), theirs["labels"].numpy() - shift
    )
    count = min(len(mine), len(expected))
    assert count >= 10
    assert len(set(expected.scores[:count].tolist())) > 5
    assert mine.scores[:count] == pytest.approx(expected.scores[:count], abs=tolerance)
    for box, kind in zip(expected.boxes[:10], expected.classes[:10], strict=True):
        same = mine.classes == kind
        assert np.abs(mine.boxes[same] - box).max(axis=1).min() < 0.05


@pytest.mark.parametrize("name", ["fcos_lite0", "retinanet_lite0"])
def test_a_detector_that_looks_once(name: str) -> None:
    found = network(name)
    with torch.inference_mode():
        levels = list(found.detector.backbone(torch.from_numpy(WINDOWS)).values())
        heads = found.detector.head(levels)
        anchors = found.detector.anchor_generator(image_list(torch.from_numpy(WINDOWS)), levels)
        counts = found.anchors.counts(SIDES)
        found.detector.score_thresh, found.detector.nms_thresh = 0.5, 2.0  # without suppression
        found.detector.detections_per_img = 10_000
        split = {key: list(value.split(counts, dim=1)) for key, value in heads.items()}
        theirs = found.detector.postprocess_detections(
            split, [list(one.split(counts)) for one in anchors], [SIDES] * 2
        )
    for mine, other in zip(
        window_reader(torch_runs(found), found.anchors).look(WINDOWS, 0.5), theirs, strict=True
    ):
        real = (other["boxes"][:, 2:] > other["boxes"][:, :2]).all(dim=1)
        assert len(mine) == int(real.sum())
        agree(mine, {key: value[real] for key, value in other.items()}, shift=0, tolerance=1e-5)


def test_a_detector_that_looks_twice() -> None:
    found = network("faster_rcnn_lite0")
    found.detector.roi_heads.score_thresh, found.detector.roi_heads.nms_thresh = 0.05, 0.5
    with torch.inference_mode():
        images = image_list(torch.from_numpy(WINDOWS))
        levels = found.detector.backbone(images.tensors)
        candidates, _ = found.detector.rpn(images, levels)
        theirs, _ = found.detector.roi_heads(levels, candidates, images.image_sizes)
    for mine, other in zip(
        window_reader(torch_runs(found), found.anchors).look(WINDOWS, 0.05), theirs, strict=True
    ):
        kept = suppressed(mine, Suppression("hard", iou=0.5), lowest=0.05, most=100)
        agree(kept, other, shift=1, tolerance=1e-4)


def test_candidates_are_judged_by_the_level_of_their_size() -> None:
    boxes = np.array([[0, 0, 20, 20], [0, 0, 111, 111], [0, 0, 112, 112], [0, 0, 900, 900]], np.float32)
    assert level_of(boxes, (8, 16, 32)).tolist() == [0, 0, 1, 2]


def test_a_window_in_which_nothing_is_likely_gives_nothing() -> None:
    for name in ANCHORS:
        found = network(name)
        assert [len(one) for one in window_reader(torch_runs(found), found.anchors).look(WINDOWS, 1.1)] == [
            0,
            0,
        ]
