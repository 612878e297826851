"""Pictures to vectors by a frozen network that was trained on natural images."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.build import build_network

SIDE_PX = 96
_ARCHITECTURE = "efficientnet_lite0"


class FrozenEmbedder:
    """The pooled features of the embedded EfficientNet-Lite0; 1,280 numbers a picture.

    Raises:
        MissingExtra: its weights are not installed.
        StageFailed: they are not the published ones.
    """

    name = "EfficientNet-Lite0, ImageNet"
    size_px = SIDE_PX

    def __init__(self) -> None:
        network, _ = build_network(_ARCHITECTURE, n_outputs=2, weights="embedded")
        self._network = network.eval().to(memory_format=torch.channels_last)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(B, S, S, 3) to (B, 1280)."""
        images = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2)
        with torch.inference_mode():
            found: NDArray[np.float32] = self._network.pooled(images.float().div_(255)).numpy()
        return found
