"""Sizes of every layer of CNN2 and CNN3 at 150 px, norms that hold, and maxout by its definition."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.model.architectures.arevalo import NORMS, ArevaloCNN, BoundedConv, Maxout
from thirdeye.model.build import build_network


def sides(net: ArevaloCNN, maps: torch.Tensor) -> list[tuple[int, int]]:
    found = []
    for layer in net.features:
        maps = layer(maps)
        if not isinstance(layer, nn.ReLU):
            found.append((maps.shape[1], maps.shape[2]))
    full = net.full(maps)
    return [*found, (full.shape[1], full.shape[2]), (net.maxout(full).shape[1], full.shape[2])]


def test_maps_of_cnn3_are_those_of_the_layer_table() -> None:
    with torch.inference_mode():
        found = sides(ArevaloCNN().eval(), torch.rand(1, 1, 150, 150))
    assert found == [(64, 140), (64, 34), (64, 31), (64, 7), (800, 1), (400, 1)]


def test_cnn2_is_cnn3_without_its_second_convolution() -> None:
    with torch.device("meta"):
        net = ArevaloCNN(second=False)
        found = sides(net.eval(), torch.rand(1, 1, 150, 150))
    assert found == [(64, 140), (64, 34), (800, 1), (400, 1)]


def test_parameters_of_cnn3() -> None:
    network, _ = build_network("arevalo_cnn3", n_outputs=2, weights="none")
    counts = [sum(p.numel() for p in m.parameters()) for m in network.modules() if isinstance(m, BoundedConv)]
    assert counts == [64 * 121 + 64, 64 * 64 * 16 + 64, 800 * 64 * 49 + 800]
    assert network.head.in_features == 400


@pytest.mark.parametrize("most", NORMS)
def test_kernels_are_no_longer_than_they_may_be(most: float) -> None:
    conv = BoundedConv(4, 6, 5, most=most)
    with torch.no_grad():
        conv.weight[:3] *= 100
        conv.weight[3:] *= 0.01
    norms = conv.bounded().flatten(1).norm(dim=1)
    assert torch.allclose(norms[:3], torch.full((3,), most))
    assert torch.equal(conv.bounded()[3:], conv.weight[3:]) or most < norms[3:].max()
    assert (norms <= most * (1 + 1e-5)).all()


def test_maxout_is_the_largest_of_two_pieces() -> None:
    maps = torch.randn(2, 8, 3, 3)
    expected = torch.maximum(maps[:, 0::2], maps[:, 1::2])
    assert torch.equal(Maxout()(maps), expected)


def test_colour_is_taken_for_its_grey() -> None:
    network, _ = build_network("arevalo_cnn3_quarter", n_outputs=2, weights="none")
    network.eval()
    picture = torch.rand(1, 3, 150, 150)
    with torch.inference_mode():
        grey = network(picture.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1))
        torch.testing.assert_close(network(picture), grey)
