"""What every detector offers for training, and what its heads say when it reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

from thirdeye.transform.detection.anchors import Anchors
from thirdeye.transform.detection.places import Places


@dataclass(frozen=True)
class Truth:
    """What is in a window.

    Args:
        boxes: (n, 4) float32 x_min, y_min, x_max, y_max in pixels of the window.
        classes: (n,) int64 from 0.
    """

    boxes: Tensor
    classes: Tensor


class DetectionNetwork(nn.Module, ABC):
    """Windows (B, 3, H, W) in -1..1 to boxes; H and W are multiples of `Places.multiple`."""

    anchors: Places

    @abstractmethod
    def loss(self, windows: Tensor, truths: list[Truth]) -> Tensor:
        """One number for a batch of windows (B, 3, H, W) and what is in each."""

    @abstractmethod
    def pretrained(self) -> list[nn.Parameter]:
        """Parameters that begin with learnt weights and are moved more gently."""

    @abstractmethod
    def parts(self) -> dict[str, nn.Module]:
        """Name of a file to the module that it holds when the detector is exported."""


class GivenAnchors(AnchorGenerator):
    """Anchors of `thirdeye.transform.detection.anchors` where torchvision expects its own."""

    def __init__(self, anchors: Anchors) -> None:
        super().__init__(tuple((size,) for size in anchors.sizes), (anchors.ratios,) * len(anchors.sizes))
        self.given = anchors

    def forward(self, image_list: ImageList, feature_maps: list[Tensor]) -> list[Tensor]:
        """The same (n, 4) anchors for every image."""
        height, width = image_list.tensors.shape[-2:]
        boxes = torch.from_numpy(self.given.boxes((int(height), int(width))))
        return [boxes] * len(image_list.image_sizes)


def image_list(windows: Tensor) -> ImageList:
    """Windows (B, 3, H, W) as torchvision's detectors take them."""
    return ImageList(windows, [(int(windows.shape[-2]), int(windows.shape[-1]))] * len(windows))
