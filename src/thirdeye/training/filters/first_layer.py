"""The first layer of a network that starts from nothing, begun with filters of its learning images."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.network import Network
from thirdeye.training.filters.autoencoder import learn_filters

PATCHES = 6000
PER_IMAGE = 40


def begin_with_filters(
    network: Network, images: NDArray[np.uint8], rows: NDArray[np.int64], *, seed: tuple[int, ...]
) -> None:
    """Put filters of a sparse auto-encoder into the first convolution, as long as its random ones were.

    Args:
        network: changed in place.
        images: (N, S, S, 3) prepared images.
        rows: of the images to learn from; no other is looked at.
        seed: of the patches and of the auto-encoder.

    Raises:
        UsageError: the first convolution cannot be begun so, or the pictures have no structure.
    """
    layer = first_convolution(network)
    rng = np.random.default_rng(seed)
    patches = draw_patches(network, layer, images, rows, rng)
    flat = patches.reshape(len(patches), -1).astype(np.float64)
    filters = learn_filters(flat, units=layer.out_channels, seed=int(rng.integers(2**31))).filters
    with torch.no_grad():
        length = layer.weight.flatten(1).norm(dim=1).mean()
        found = torch.from_numpy(filters).float()
        scaled = found / found.norm(dim=1, keepdim=True).clamp(min=1e-12) * length
        layer.weight.copy_(scaled.view_as(layer.weight))


def first_convolution(network: Network) -> nn.Conv2d:
    """The convolution that sees the picture.

    Raises:
        UsageError: there is none over one or three channels.
    """
    layer = next((one for one in network.backbone.modules() if isinstance(one, nn.Conv2d)), None)
    if layer is None or layer.in_channels not in (1, 3) or layer.groups != 1:
        raise UsageError(
            "first_layer=sparse_autoencoder needs a network whose first layer is a convolution over grey or "
            "colour pixels; this one has none: use first_layer=random"
        )
    return layer


def draw_patches(
    network: Network, layer: nn.Conv2d, images: NDArray[np.uint8], rows: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.float32]:  # fmt: skip
    """(n, C, k, k) patches as the first layer sees them, of images drawn from `rows`.

    Args:
        network: whose normalisation is used.
        layer: its first convolution; where it has one channel, colours are averaged.
        images, rows: as of `begin_with_filters`.
        rng: draws images and places.
    """
    tall, wide = (int(size) for size in layer.kernel_size)
    side = images.shape[1]
    each = min(PER_IMAGE, max(1, (side - tall + 1) * (side - wide + 1)))
    held = rng.permutation(rows)[: -(-PATCHES // each)]
    mean, std = (buffer.numpy().reshape(3, 1, 1) for buffer in (network.mean, network.std))
    found = []
    for row in np.sort(held):
        seen = (np.asarray(images[row], np.float32).transpose(2, 0, 1) / 255 - mean) / std
        planes = seen.mean(axis=0, keepdims=True) if layer.in_channels == 1 else seen
        tops, lefts = rng.integers(0, side - tall + 1, each), rng.integers(0, side - wide + 1, each)
        found += [planes[:, y : y + tall, x : x + wide] for y, x in zip(tops, lefts, strict=True)]
    return np.stack(found)
