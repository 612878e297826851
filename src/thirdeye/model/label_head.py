"""A head that tells the label of a whole image from the encoder that also serves the masks.

Hard sharing of the encoder between tasks: Caruana, Machine Learning 28, 1997; a classification branch on the
bottleneck of a U-Net: Mehta et al., "Y-Net", MICCAI 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from thirdeye.model.dense_network import DenseNetwork

DROPOUT = 0.3


class LabelHead(nn.Module):
    """Features (B, F, ...) to logits (B, classes): mean and maximum of each channel, then one layer.

    The maximum is there because normalisation by instance leaves little in the mean.

    Args:
        features: channels of the encoder's coarsest level.
        n_classes: of the label.
    """

    def __init__(self, features: int, n_classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(DROPOUT)
        self.linear = nn.Linear(2 * features, n_classes)

    def forward(self, features: Tensor) -> Tensor:
        """Logits of the label."""
        flat = features.flatten(2)
        logits: Tensor = self.linear(self.dropout(torch.cat([flat.mean(2), flat.amax(2)], dim=1)))
        return logits


class LabelReader(nn.Module):
    """The label alone, as it is exported: whole reduced images (B, C, ...) to logits (B, classes).

    Args:
        network: with a `label_head`.
    """

    def __init__(self, network: DenseNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Logits of the label."""
        return self.network.labels(images)


def give_label_head(network: DenseNetwork, *, n_classes: int, sides: tuple[int, ...], channels: int) -> None:
    """Add a fresh head to a network, in place.

    Args:
        network: that offers `coarsest`.
        n_classes: of the label.
        sides, channels: of the whole reduced images that it will see.
    """
    was = network.training
    with torch.inference_mode():
        features = network.eval().coarsest(torch.zeros(1, channels, *sides)).shape[1]
    network.train(was)
    network.label_head = LabelHead(features, n_classes)
