"""SSD300 on VGG16, as published: six maps, 38 to 1 cells wide, with torchvision's layers.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, figure 2: conv4_3 (normalised and
scaled by 20), fc6 and fc7 as convolutions, the first with holes, conv8_2 to conv11_2. Pre-trained weights are
torchvision's VGG16_FEATURES, ported from the authors' Caffe model.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from thirdeye.errors import StageFailed

CHANNELS = (512, 1024, 512, 256, 256, 256)
STRIDES = (8, 16, 32, 64, 100, 300)
PIXEL_MEAN = (0.48235, 0.45882, 0.40784)
CAFFE_RANGE = 255.0  # the ported weights expect 0 to 255, less the mean
PIXEL_SPREAD = 0.226  # of natural pictures, for weights that nobody has trained


class VggMaps(nn.Module):
    """Colour windows (B, 3, 300, 300) in -1..1 to the six maps of an SSD300.

    Args:
        learnt: begin with VGG16's weights, downloaded where torchvision's hub is reachable.

    Raises:
        StageFailed: the hub cannot be reached.
    """

    out_channels = CHANNELS
    mean: Tensor

    def __init__(self, *, learnt: bool) -> None:
        super().__init__()
        from torchvision.models import VGG16_Weights, vgg16
        from torchvision.models.detection.ssd import SSDFeatureExtractorVGG

        try:
            backbone = vgg16(weights=VGG16_Weights.IMAGENET1K_FEATURES if learnt else None)
        except OSError as error:
            raise StageFailed(f"the weights of torchvision's vgg16 cannot be fetched: {error}") from error
        self.maps = SSDFeatureExtractorVGG(backbone.features, highres=False)
        self.learnt = learnt
        self.register_buffer("mean", torch.tensor(PIXEL_MEAN).view(1, 3, 1, 1), persistent=False)

    def pretrained(self) -> list[nn.Parameter]:
        """The thirteen convolutions of VGG16, where they begin with its weights."""
        if not self.learnt:
            return []
        own = [*self.maps.features.parameters()]
        return [*own, *(p for layer in list(self.maps.extra[0])[:-1] for p in layer.parameters())]

    def forward(self, windows: Tensor) -> OrderedDict[str, Tensor]:
        """Maps by name "0" to "5", the finest first."""
        factor = CAFFE_RANGE if self.learnt else 1 / PIXEL_SPREAD
        found: OrderedDict[str, Tensor] = self.maps(((windows + 1) / 2 - self.mean) * factor)
        return found
