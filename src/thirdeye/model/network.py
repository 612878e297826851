"""The one shape that every classifier here has: normalisation, backbone, global average pooling, linear head.

A network of this shape gives its class activation map out of the same pass (Zhou et al., CVPR 2016), and
several of them that average their logits are one such network with concatenated feature maps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """A classifier over square images.

    Args:
        backbone: module that maps normalised images (B, 3, S, S) to a feature map (B, C, h, w).
        n_features: C.
        n_outputs: K, one logit per class (multi-label: per label; binary: two).
        mean, std: of the pre-training, for pixels in 0..1; three values each.
        dropout: probability with which a pooled feature is dropped in training.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: nn.Module,
        *,
        n_features: int,
        n_outputs: int,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(n_features, n_outputs)
        nn.init.zeros_(self.head.bias)
        nn.init.normal_(self.head.weight, std=0.01)

    def features(self, images: Tensor) -> Tensor:
        """Feature map (B, C, h, w) of images (B, 3, S, S) with pixels in 0..1."""
        return self.backbone((images - self.mean) / self.std)

    def pooled(self, images: Tensor) -> Tensor:
        """Globally averaged features (B, C)."""
        return self.features(images).mean(dim=(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, K)."""
        return self.head(self.dropout(self.pooled(images)))
