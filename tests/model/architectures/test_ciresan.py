"""The maps of both networks have the sides that the table of systems prints, and each divides exactly."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.model.architectures.ciresan import DNN1, DNN2, CiresanNet

SIDES = {DNN1: [100, 50, 48, 24, 22, 11, 10, 5, 4, 2], DNN2: [98, 49, 46, 23, 20, 10, 8, 4]}


@pytest.mark.parametrize(("kernels", "layers"), [(DNN1, 13), (DNN2, 11)])
def test_layers_and_maps_are_those_of_the_table(kernels: tuple[int, ...], layers: int) -> None:
    network = CiresanNet(kernels, n_in=3, n_out=2)
    value, sides = torch.zeros(1, 3, 101, 101), []
    for layer in network.features:
        value = layer(value)
        if not isinstance(layer, nn.ReLU):
            assert value.shape[1] == 16
            sides.append(value.shape[-1])
    assert sides == SIDES[kernels]
    assert network.hidden(value).shape == (1, 100, 1, 1)
    # as the paper counts: the input, convolutions, poolings, and both full layers
    assert 1 + len(sides) + 2 == layers


def test_weights() -> None:
    # per convolution: maps x inputs x side^2 + maps; then the full layers
    first = sum(16 * before * side**2 + 16 for before, side in zip((3, 16, 16, 16, 16), DNN1, strict=True))
    assert _count(CiresanNet(DNN1, n_in=3, n_out=2)) == first + 100 * 16 * 4 + 100 + 202 == 13_630
    second = sum(16 * before * side**2 + 16 for before, side in zip((3, 16, 16, 16), DNN2, strict=True))
    assert _count(CiresanNet(DNN2, n_in=3, n_out=2)) == second + 100 * 16 * 16 + 100 + 202 == 37_230


def _count(network: nn.Module) -> int:
    return sum(one.numel() for one in network.parameters())
