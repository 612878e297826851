"""Small networks in the order of the published families, and the parameters of those themselves."""

from __future__ import annotations

import pytest
import torch
import torchvision

from thirdeye.model.build import build_network


@pytest.mark.parametrize(
    ("name", "channels"), [("vgg_small", 64), ("resnet_small", 96), ("densenet_small", 62)]
)
def test_sides_are_halved_four_times(name: str, channels: int) -> None:
    network, _ = build_network(name, n_outputs=2, weights="none")
    assert network.eval().features(torch.rand(1, 3, 64, 64)).shape == (1, channels, 4, 4)
    assert sum(p.numel() for p in network.parameters()) < 400_000


@pytest.mark.parametrize(
    ("name", "parameters"), [("vgg19", 143_667_240), ("resnet152", 60_192_808), ("densenet201", 20_013_928)]
)
def test_the_published_networks_have_the_papers_parameters(name: str, parameters: int) -> None:
    with torch.device("meta"):
        whole = torchvision.models.get_model(name, weights=None)
    assert sum(p.numel() for p in whole.parameters()) == parameters
