"""Detectors by name."""

from __future__ import annotations

import torch

from thirdeye.errors import UsageError
from thirdeye.model.architectures.pyramid_lite import LitePyramid
from thirdeye.model.architectures.ssd_lite import LiteMaps
from thirdeye.model.architectures.ssd_vgg16 import STRIDES, VggMaps
from thirdeye.model.build import Origin, lite_backbone
from thirdeye.model.detectors.detection_network import DetectionNetwork
from thirdeye.model.detectors.multibox import Multibox
from thirdeye.model.detectors.one_stage import fcos, retinanet
from thirdeye.model.detectors.two_stage import faster_rcnn
from thirdeye.transform.detection.anchors import Anchors
from thirdeye.transform.detection.default_boxes import DefaultBoxes
from thirdeye.transform.detection.places import Places

DROP_PATH = 0.05
FCOS, RETINANET, FASTER_RCNN = "fcos_lite0", "retinanet_lite0", "faster_rcnn_lite0"
SSD_VGG, SSD_LITE = "ssd300_vgg16", "ssd_lite0"
DETECTORS = (FCOS, RETINANET, FASTER_RCNN, SSD_VGG, SSD_LITE)
HAS_WEIGHTS = {SSD_VGG: ("hub", "none")}
LITE_WEIGHTS = ("embedded", "none")


def build_detector(
    architecture: str,
    anchors: Places,
    *,
    n_classes: int,
    width: int,
    weights: str = "embedded",
    seed: int | None = None,
) -> tuple[DetectionNetwork, Origin]:
    """A detector with fresh heads.

    Args:
        architecture: one of `DETECTORS`.
        anchors: levels, and what each looks for.
        n_classes: without background.
        width: channels of the pyramid or of further maps, a multiple of 32; not used by SSD300.
        weights: that the encoder begins with: "embedded", "hub" (SSD300's VGG16) or "none".
        seed: of the fresh weights; None goes on with torch's own stream.

    Raises:
        UsageError: the name is unknown, or the anchors, width or weights do not suit it.
        StageFailed: the hub cannot be reached.
    """
    _refuse_unfit(architecture, anchors, width, weights)
    if seed is not None:
        torch.manual_seed(seed)
    if isinstance(anchors, DefaultBoxes):
        return _multibox(architecture, anchors, n_classes=n_classes, width=width, weights=weights)
    encoder, origin = lite_backbone("efficientnet_lite0", weights=weights, drop_path=DROP_PATH)
    pyramid = LitePyramid(encoder, strides=anchors.strides, width=width)
    if not isinstance(anchors, Anchors):
        raise UsageError(f"{architecture} starts from anchors of a pyramid")
    if architecture == FCOS:
        return fcos(pyramid, anchors, n_classes=n_classes), origin
    if architecture == RETINANET:
        return retinanet(pyramid, anchors, n_classes=n_classes), origin
    return faster_rcnn(pyramid, anchors, n_classes=n_classes), origin


def _multibox(
    architecture: str, anchors: DefaultBoxes, *, n_classes: int, width: int, weights: str
) -> tuple[DetectionNetwork, Origin]:
    if architecture == SSD_VGG:
        maps = VggMaps(learnt=weights == "hub")
        source = "torchvision VGG16_FEATURES" if weights == "hub" else "random"
        return Multibox(maps, anchors, n_classes=n_classes), Origin(
            architecture, source, None, "BSD-3-Clause"
        )
    encoder, origin = lite_backbone("efficientnet_lite0", weights=weights, drop_path=DROP_PATH)
    lite = LiteMaps(encoder, strides=anchors.strides, width=width, learnt=weights == "embedded")
    return Multibox(lite, anchors, n_classes=n_classes), origin


def _refuse_unfit(architecture: str, anchors: Places, width: int, weights: str) -> None:
    if architecture not in DETECTORS:
        raise UsageError(f"no detector is called '{architecture}'; known are {', '.join(DETECTORS)}")
    if width < 32 or width % 32:
        raise UsageError(f"the width of a pyramid is a multiple of 32, got {width}")
    known = HAS_WEIGHTS.get(architecture, LITE_WEIGHTS)
    if weights not in known:
        raise UsageError(f"{architecture} has the weights {' or '.join(known)}, not '{weights}'")
    if architecture == SSD_VGG and anchors.strides != STRIDES:
        raise UsageError(f"the strides of {SSD_VGG} are {STRIDES}, got {anchors.strides}")
