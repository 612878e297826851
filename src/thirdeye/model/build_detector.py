"""Detectors by name."""

from __future__ import annotations

import torch

from thirdeye.errors import UsageError
from thirdeye.model.architectures.pyramid_lite import LitePyramid
from thirdeye.model.build import Origin, lite_backbone
from thirdeye.model.detectors.detection_network import DetectionNetwork
from thirdeye.model.detectors.one_stage import fcos, retinanet
from thirdeye.model.detectors.two_stage import faster_rcnn
from thirdeye.transform.detection.anchors import Anchors

DROP_PATH = 0.05
FCOS, RETINANET, FASTER_RCNN = "fcos_lite0", "retinanet_lite0", "faster_rcnn_lite0"
DETECTORS = (FCOS, RETINANET, FASTER_RCNN)


def build_detector(
    architecture: str,
    anchors: Anchors,
    *,
    n_classes: int,
    width: int,
    pretrained: bool = True,
    seed: int | None = None,
) -> tuple[DetectionNetwork, Origin]:
    """A detector with fresh heads.

    Args:
        architecture: one of `DETECTORS`.
        anchors: levels, and what each looks for.
        n_classes: without background.
        width: channels of the pyramid, a multiple of 32.
        pretrained: whether the encoder begins with the embedded weights.

        seed: of the fresh weights; None goes on with torch's own stream.

    Raises:
        UsageError: the name is unknown, or the anchors or width do not suit it.
    """
    if architecture not in DETECTORS:
        raise UsageError(f"no detector is called '{architecture}'; known are {', '.join(DETECTORS)}")
    if width < 32 or width % 32:
        raise UsageError(f"the width of a pyramid is a multiple of 32, got {width}")
    if seed is not None:
        torch.manual_seed(seed)
    weights = "embedded" if pretrained else "none"
    encoder, origin = lite_backbone("efficientnet_lite0", weights=weights, drop_path=DROP_PATH)
    pyramid = LitePyramid(encoder, strides=anchors.strides, width=width)
    if architecture == FCOS:
        return fcos(pyramid, anchors, n_classes=n_classes), origin
    if architecture == RETINANET:
        return retinanet(pyramid, anchors, n_classes=n_classes), origin
    return faster_rcnn(pyramid, anchors, n_classes=n_classes), origin
