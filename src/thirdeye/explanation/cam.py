"""Class activation maps of a torch network, for the exam; reading takes them from ONNX."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.inference.heat_map import evidence
from thirdeye.model.network import Network


def class_activation_maps(network: Network, images: Tensor) -> Tensor:
    """Maps (B, K, h, w) whose mean over (h, w) plus the head's bias is the logit.

    Zhou et al., CVPR 2016, eq. 2.

    Args:
        network: in the state (training or not) that is wanted.
        images: (B, 3, S, S) in 0..1.
    """
    weight = network.head.weight[:, :, None, None]
    return torch.nn.functional.conv2d(network.features(images), weight)


def signed_maps(
    network: Network, images: Tensor, shown: NDArray[np.int64], *, task: str
) -> NDArray[np.float32]:
    """Evidence (B, h, w) for one class of each image, positive where a place speaks for it.

    Args:
        network: a network in evaluation mode.
        images: (B, 3, S, S) in 0..1.
        shown: (B,) class of each image.
        task: kind of decision.
    """
    with torch.no_grad():
        cam = class_activation_maps(network, images).numpy()
    return np.stack([evidence(one, int(k), task=task) for one, k in zip(cam, shown, strict=True)])
