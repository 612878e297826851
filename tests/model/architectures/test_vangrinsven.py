"""Five convolutions of 32 maps, then 1024: squares of 40 pixels."""

from __future__ import annotations

import torch
from torch import nn

from thirdeye.model.architectures.vangrinsven import VanGrinsvenNet


def test_maps_of_a_square() -> None:
    network = VanGrinsvenNet(n_in=3, n_out=2).eval()
    value, sides = torch.zeros(1, 3, 40, 40), []
    for layer in network.features:
        value = layer(value)
        if not isinstance(layer, nn.ReLU):
            assert value.shape[1] == 32
            sides.append(value.shape[-1])
    assert sides == [38, 36, 18, 16, 14, 7, 5]
    assert network.hidden(value).shape == (1, 1024, 1, 1)
    assert sum(isinstance(layer, nn.Conv2d) for layer in network.features) == 5


def test_a_square_of_41_gives_one_answer_about_40_of_them() -> None:
    network = VanGrinsvenNet(n_in=3, n_out=2).eval()
    square = torch.randn(1, 3, 41, 41, requires_grad=True)
    answer = network(square)
    assert answer.shape == (1, 2, 1, 1)
    answer.sum().backward()
    assert square.grad is not None
    assert not square.grad[:, :, 40].any()
    assert not square.grad[:, :, :, 40].any()
    assert square.grad[:, :, 39].any()
