"""A detector that looks twice: torchvision's Faster R-CNN on a light pyramid.

Source: Ren et al., "Faster R-CNN", NeurIPS 2015; pooling by level: Lin et al., CVPR 2017.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.ops import MultiScaleRoIAlign, roi_align

from thirdeye.model.architectures.pyramid_lite import LitePyramid
from thirdeye.model.detectors.detection_network import DetectionNetwork, GivenAnchors, Truth, image_list
from thirdeye.transform.detection.anchors import Anchors

POOLED, SAMPLES = 7, 2
HIDDEN = 256
CANDIDATES = {"training": 400, "testing": 200}
SAMPLED = 128  # candidates of an image that the second stage learns from
PROPOSE, JUDGE = "propose", "judge"


class TwoStage(DetectionNetwork):
    """Candidates from the pyramid, then a second look at each.

    Args:
        detector: of torchvision; its own resizing and its own decoding are not used.
        anchors: that it was made with.
    """

    def __init__(self, detector: FasterRCNN, anchors: Anchors) -> None:
        super().__init__()
        self.detector, self.anchors = detector, anchors

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        pyramid = self.detector.backbone
        return pyramid.pretrained() if isinstance(pyramid, LitePyramid) else []

    def loss(self, windows: Tensor, truths: list[Truth]) -> Tensor:
        """Sum of the losses of both stages."""
        levels = self.detector.backbone(windows)
        images = image_list(windows)
        targets = [{"boxes": one.boxes, "labels": one.classes + 1} for one in truths]  # 0 is background
        candidates, first = self.detector.rpn(images, levels, targets)
        _, second = self.detector.roi_heads(levels, candidates, images.image_sizes, targets)
        return torch.stack([*first.values(), *second.values()]).sum()

    def parts(self) -> dict[str, nn.Module]:
        """The two looks."""
        return {PROPOSE: Proposing(self.detector), JUDGE: Judging(self.detector, self.anchors.strides)}


class Proposing(nn.Module):
    """The first look: windows to candidates and the features that they are judged by."""

    def __init__(self, detector: FasterRCNN) -> None:
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.rpn.head

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        """Objectness logits (B, n, 1), boxes relative to the anchors (B, n, 4), features of each level."""
        levels = list(self.backbone(windows).values())
        objectness, deltas = self.head(levels)
        return _flat(objectness, 1), _flat(deltas, 4), *levels


class Judging(nn.Module):
    """The second look: candidates of each level to classes and better boxes."""

    def __init__(self, detector: FasterRCNN, strides: tuple[int, ...]) -> None:
        super().__init__()
        self.head, self.predictor = detector.roi_heads.box_head, detector.roi_heads.box_predictor
        self.strides = strides

    def forward(self, *given: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (m, 1 + K), background first, and boxes relative to the candidates (m, 4 + 4 K).

        Args:
            given: features (B, C, h, w) of each level, then of each level candidates (m_i, 5): window,
                x_min, y_min, x_max, y_max. The answers follow the levels.
        """
        n = len(self.strides)
        pooled = [
            roi_align(given[at], given[n + at], POOLED, 1 / stride, SAMPLES)
            for at, stride in enumerate(self.strides)
        ]
        logits, deltas = self.predictor(self.head(torch.cat(pooled)))
        return logits, deltas


def faster_rcnn(pyramid: LitePyramid, anchors: Anchors, *, n_classes: int) -> TwoStage:
    """A Faster R-CNN with a narrow second stage.

    Args:
        pyramid: what it looks at.
        anchors: of any sizes and ratios.
        n_classes: without background.
    """
    names = [str(at) for at in range(len(anchors.strides))]
    pool = MultiScaleRoIAlign(
        names, POOLED, SAMPLES, canonical_scale=round(judged_size(anchors)),
        canonical_level=int(math.log2(anchors.strides[0])),
    )  # fmt: skip
    detector = FasterRCNN(
        pyramid, None, rpn_anchor_generator=GivenAnchors(anchors), box_roi_pool=pool,
        box_head=TwoMLPHead(pyramid.out_channels * POOLED**2, HIDDEN),
        box_predictor=FastRCNNPredictor(HIDDEN, n_classes + 1),
        rpn_pre_nms_top_n_train=2 * CANDIDATES["training"], rpn_pre_nms_top_n_test=2 * CANDIDATES["testing"],
        rpn_post_nms_top_n_train=CANDIDATES["training"], rpn_post_nms_top_n_test=CANDIDATES["testing"],
        box_batch_size_per_image=SAMPLED,
    )  # fmt: skip
    return TwoStage(detector, anchors)


def judged_size(anchors: Anchors) -> float:
    """Candidates of twice this size (square root of the area) and more are judged by coarser levels."""
    return float(anchors.strides[0] * POOLED)


def _flat(maps: list[Tensor], size: int) -> Tensor:
    """Maps (B, A * size, h, w) of the levels to (B, n, size): by level, row, column, anchor."""
    parts = [
        one.view(one.shape[0], -1, size, one.shape[2], one.shape[3]).permute(0, 3, 4, 1, 2).flatten(1, 3)
        for one in maps
    ]
    return torch.cat(parts, dim=1)
