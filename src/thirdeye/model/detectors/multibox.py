"""An SSD: classes and boxes at once from maps of several sizes, learnt with torchvision's multibox loss.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016: smooth L1 for the boxes and cross-entropy
for the classes, with three of the worst negatives to each default box that meets a lesion. An image without a
lesion has no such box, so nothing is learnt from it, nor is it in the original.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD, SSDHead
from torchvision.ops import box_iou

from thirdeye.model.architectures.ssd_lite import LiteMaps
from thirdeye.model.architectures.ssd_vgg16 import VggMaps
from thirdeye.model.detectors.detection_network import DetectionNetwork, Truth
from thirdeye.model.detectors.one_stage import HEADS
from thirdeye.transform.detection.default_boxes import DefaultBoxes

WEIGHTS = (10.0, 10.0, 5.0, 5.0)  # by which shifts and growths are multiplied in training
NEVER = -1e9


class Multibox(DetectionNetwork):
    """Maps and heads that answer at every default box.

    Args:
        maps: with `out_channels`, one for every map.
        anchors: the default boxes.
        n_classes: without background.
    """

    own: Tensor

    def __init__(self, maps: VggMaps | LiteMaps, anchors: DefaultBoxes, *, n_classes: int) -> None:
        super().__init__()
        self.anchors = anchors
        counts = [len(anchors.shapes(level)) for level in range(len(anchors.strides))]
        head = SSDHead(list(maps.out_channels), counts, n_classes + 1)
        generator = DefaultBoxGenerator([[2]] * len(counts))  # not used: the boxes are those of `anchors`
        side = anchors.multiple
        self.detector = SSD(maps, generator, (side, side), n_classes + 1, head=head)
        own = torch.zeros(n_classes, n_classes + 1)
        own[torch.arange(n_classes), torch.arange(n_classes) + 1] = NEVER
        self.register_buffer("own", own, persistent=False)

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        maps = self.detector.backbone
        return maps.pretrained() if isinstance(maps, VggMaps | LiteMaps) else []

    def loss(self, windows: Tensor, truths: list[Truth]) -> Tensor:
        """Sum of the losses of class and box."""
        heads = self._heads(windows)
        boxes = torch.from_numpy(self.anchors.boxes((int(windows.shape[-2]), int(windows.shape[-1]))))
        targets = [{"boxes": one.boxes, "labels": one.classes + 1} for one in truths]  # 0 is background
        met = [self._met(one.boxes, boxes) for one in truths]
        parts = self.detector.compute_loss(targets, heads, [boxes] * len(truths), met)
        return torch.stack(list(parts.values())).sum()

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, n, K) of each class against all others, and boxes relative to the default ones.

        The sigmoid of such a logit is the class's share in the softmax over classes and background.
        """
        heads = self._heads(windows)
        logits = heads["cls_logits"]
        others = torch.logsumexp(logits.unsqueeze(2) + self.own, dim=3)
        return logits[..., 1:] - others, heads["bbox_regression"] / logits.new_tensor(WEIGHTS)

    def parts(self) -> dict[str, nn.Module]:
        """All in one."""
        return {HEADS: self}

    def _heads(self, windows: Tensor) -> dict[str, Tensor]:
        heads: dict[str, Tensor] = self.detector.head(list(self.detector.backbone(windows).values()))
        return {name: one.float() for name, one in heads.items()}

    def _met(self, truth: Tensor, boxes: Tensor) -> Tensor:
        """(n,) place of the lesion that each default box meets; negative where it meets none."""
        if not len(truth):
            return torch.full((len(boxes),), -1, dtype=torch.int64)
        met: Tensor = self.detector.proposal_matcher(box_iou(truth, boxes))
        return met
