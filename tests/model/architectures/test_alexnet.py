"""AlexNet: sizes of every layer, and its parameters."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.alexnet import AlexNet
from thirdeye.model.build import build_network, check_architecture


def test_parameters_are_those_of_the_paper() -> None:
    with torch.device("meta"):
        net, head = AlexNet(), nn.Linear(4096, 1000)
    assert sum(p.numel() for p in net.parameters()) + sum(p.numel() for p in head.parameters()) == 60_965_224


def test_maps_are_those_of_the_layer_table() -> None:
    with torch.device("meta"):
        net, maps = AlexNet(), torch.zeros(1, 3, 227, 227)
        seen = []
        for layer in net.features:
            maps = layer(maps)
            if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
                seen.append((maps.shape[1], maps.shape[2]))
        last = net(torch.zeros(1, 3, 227, 227)).shape
    assert seen == [(96, 55), (96, 27), (256, 27), (256, 13), (384, 13), (384, 13), (256, 13), (256, 6)]
    assert last == (1, 4096, 1, 1)


def test_two_towers_meet_in_the_third_layer_alone() -> None:
    groups = [layer.groups for layer in AlexNet(8).features if isinstance(layer, nn.Conv2d)]
    assert groups == [1, 2, 1, 2, 2]


def test_normalisation_is_that_of_section_3_3() -> None:
    """b = a / (2 + 1e-4 * sum of squares over five neighbours) ** 0.75, computed by hand."""
    layer = next(layer for layer in AlexNet(8).features if isinstance(layer, nn.LocalResponseNorm))
    maps = torch.arange(1.0, 8.0).view(1, 7, 1, 1) * 30
    squares = [float((maps[0, max(0, i - 2) : i + 3] ** 2).sum()) for i in range(7)]
    expected = torch.tensor([float(maps[0, i]) / (2 + 1e-4 * squares[i]) ** 0.75 for i in range(7)])
    torch.testing.assert_close(layer(maps).flatten(), expected)


def test_there_are_no_weights_to_begin_with() -> None:
    check_architecture("alexnet", "none")
    with pytest.raises(UsageError, match="alexnet has no pre-trained weights"):
        check_architecture("alexnet", "hub")
    network, _ = build_network("alexnet_quarter", n_outputs=3, weights="none")
    assert network.dropout.p == 0.5
