"""GoogLeNet has the maps of its paper's table 1."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.model.architectures.googlenet import Inception, googlenet
from thirdeye.model.build import build_network

WIDTHS = {"3a": 256, "3b": 480, "4a": 512, "4b": 512, "4c": 512, "4d": 528, "4e": 832, "5a": 832, "5b": 1024}


@pytest.fixture(scope="module")
def layers() -> nn.Sequential:
    network = googlenet().eval()
    assert isinstance(network, nn.Sequential)
    return network


def test_maps_are_those_of_the_table(layers: nn.Sequential) -> None:
    shapes, maps = [], torch.zeros(1, 3, 224, 224)
    with torch.inference_mode():
        for layer in layers:
            maps = layer(maps)
            shapes.append(tuple(maps.shape[1:]))
    assert shapes[0] == (64, 112, 112)
    assert shapes[1] == (64, 56, 56)
    assert shapes[6] == (192, 28, 28)
    modules = [shape for layer, shape in zip(layers, shapes, strict=True) if isinstance(layer, Inception)]
    sides = [28, 28, 14, 14, 14, 14, 14, 7, 7]
    assert modules == [(width, side, side) for width, side in zip(WIDTHS.values(), sides, strict=True)]


def test_it_has_the_known_number_of_parameters(layers: nn.Sequential) -> None:
    """6,998,552 for 1,000 classes, auxiliary heads apart, as the public Caffe model of the same table."""
    assert sum(one.numel() for one in layers.parameters()) + 1025 * 1000 == 6_998_552


def test_the_narrow_one_has_a_quarter_of_every_width() -> None:
    network, _ = build_network("googlenet_quarter", n_outputs=2, weights="none")
    assert network.head.in_features == 256
    with torch.inference_mode():
        assert network.eval().features(torch.rand(1, 3, 96, 96)).shape == (1, 256, 3, 3)
