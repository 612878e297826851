"""Detectors that give boxes at once: torchvision's FCOS and RetinaNet on a light pyramid.

Sources: Tian et al., "FCOS", ICCV 2019; Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, RetinaNet
from torchvision.models.detection.fcos import FCOSHead

from thirdeye.model.architectures.pyramid_lite import LitePyramid
from thirdeye.model.detectors.detection_network import DetectionNetwork, GivenAnchors, Truth, image_list
from thirdeye.transform.detection.anchors import Anchors

CENTRE_CELLS = 1.5  # cells about the middle of a box that answer for it
HEADS = "heads"


class OneStage(DetectionNetwork):
    """A pyramid and heads that answer at every anchor.

    Args:
        detector: of torchvision; its own resizing and its own decoding are not used.
        anchors: that it was made with.
    """

    def __init__(self, detector: FCOS | RetinaNet, anchors: Anchors) -> None:
        super().__init__()
        self.detector, self.anchors = detector, anchors

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        pyramid = self.detector.backbone
        return pyramid.pretrained() if isinstance(pyramid, LitePyramid) else []

    def loss(self, windows: Tensor, truths: list[Truth]) -> Tensor:
        """Sum of the losses of class, box and (FCOS) centre."""
        levels = list(self.detector.backbone(windows).values())
        heads: dict[str, Tensor] = self.detector.head(levels)
        anchors = self.detector.anchor_generator(image_list(windows), levels)
        targets = [{"boxes": one.boxes, "labels": one.classes} for one in truths]
        given: tuple[Any, ...] = (targets, heads, anchors)
        if isinstance(self.detector, FCOS):
            given = (*given, self.anchors.counts((int(windows.shape[-2]), int(windows.shape[-1]))))
        return torch.stack(list(self.detector.compute_loss(*given).values())).sum()

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        """Logits (B, n, K), boxes relative to the anchors (B, n, 4), and of FCOS centre logits (B, n, 1)."""
        heads = self.detector.head(list(self.detector.backbone(windows).values()))
        return tuple(
            heads[name] for name in ("cls_logits", "bbox_regression", "bbox_ctrness") if name in heads
        )

    def parts(self) -> dict[str, nn.Module]:
        """All in one."""
        return {HEADS: self}


def fcos(pyramid: LitePyramid, anchors: Anchors, *, n_classes: int, convolutions: int = 2) -> OneStage:
    """An FCOS; each level answers for boxes that reach 4 to 8 times its anchor's size from their middle.

    Args:
        pyramid: what it looks at.
        anchors: of one ratio, sizes doubling from level to level.
        n_classes: without background.
        convolutions: of each head before its answer.
    """
    detector = FCOS(
        pyramid, n_classes, anchor_generator=GivenAnchors(anchors),
        head=FCOSHead(pyramid.out_channels, 1, n_classes, convolutions),
        center_sampling_radius=CENTRE_CELLS * anchors.strides[0] / anchors.sizes[0],
    )  # fmt: skip
    return OneStage(detector, anchors)


def retinanet(pyramid: LitePyramid, anchors: Anchors, *, n_classes: int) -> OneStage:
    """A RetinaNet; its anchors meet a box where they overlap it by half.

    Args:
        pyramid: what it looks at.
        anchors: of any sizes and ratios.
        n_classes: without background.
    """
    return OneStage(RetinaNet(pyramid, n_classes, anchor_generator=GivenAnchors(anchors)), anchors)
