"""The small network in AlexNet's order: sizes of every layer at 240 px."""

from __future__ import annotations

import torch
from torch import nn

from thirdeye.model.architectures.alexnet_small import AlexNetSmall
from thirdeye.model.build import build_network


def test_maps_are_those_of_the_layer_table() -> None:
    net, maps = AlexNetSmall(), torch.rand(1, 3, 240, 240)
    sides = []
    for layer in net.features:
        maps = layer(maps)
        if not isinstance(layer, nn.ReLU):
            sides.append(maps.shape[1:3])
    assert sides == [(32, 58), (32, 28), (64, 28), (64, 13), (128, 13), (128, 6)]
    assert net.fc1(maps).shape == (1, 256, 1, 1)


def test_has_three_convolutions_three_pools_and_two_full_layers() -> None:
    network, origin = build_network("alexnet_small", n_outputs=2, weights="none")
    kinds = [type(one) for one in network.modules() if isinstance(one, nn.Conv2d | nn.MaxPool2d | nn.Linear)]
    assert kinds == [nn.Conv2d, nn.MaxPool2d] * 3 + [nn.Conv2d, nn.Linear]  # a full layer as a convolution
    assert origin.source == "random"
    assert sum(p.numel() for p in network.parameters()) == 1_317_186
