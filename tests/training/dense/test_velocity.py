"""The speed of a network is what it takes the processor, and wider networks are slower."""

from __future__ import annotations

import torch

from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.training.dense.velocity import voxels_per_s


def speed(width):
    torch.set_num_threads(1)
    network = UNet(UNetShape(1, 2, (width, 2 * width), ((2, 2),), ((3, 3), (3, 3))))
    return voxels_per_s(network, (64, 64), 2, channels=1, bf16=False)


def test_wider_networks_are_slower():
    assert speed(8) > 2 * speed(64) > 0
