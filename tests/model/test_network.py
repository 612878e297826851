"""The one shape: normalised, backbone, pooled, linear head; its class activation map is its own evidence."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.model.network import Network


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network(
        nn.Conv2d(3, 5, 3, stride=4, padding=1),
        n_features=5,
        n_outputs=2,
        mean=(0.1, 0.2, 0.3),
        std=(0.5, 0.6, 0.7),
        dropout=0.5,
    ).eval()


def test_pixels_are_normalised_per_channel(network: Network) -> None:
    images = torch.tensor([0.1, 0.2, 0.3]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    bias = network.backbone.bias.view(1, 5, 1, 1).expand(1, 5, 2, 2)
    assert torch.allclose(network.features(images), bias)


def test_shapes_and_parts_agree(network: Network) -> None:
    images = torch.rand(4, 3, 16, 16)
    features = network.features(images)
    assert features.shape == (4, 5, 4, 4)
    assert torch.allclose(network.pooled(images), features.flatten(2).mean(2))
    assert torch.allclose(network(images), network.head(network.pooled(images)))


def test_the_activation_map_averages_to_the_logit(network: Network) -> None:
    images = torch.rand(2, 3, 16, 16)
    cam = torch.einsum("kc,bchw->bkhw", network.head.weight, network.features(images))
    assert torch.allclose(cam.mean((2, 3)) + network.head.bias, network(images), atol=1e-6)


def test_a_fresh_head_says_nearly_nothing_and_normalisation_is_no_weight(network: Network) -> None:
    assert network.head.bias.abs().max() == 0
    assert network.head.weight.abs().max() < 0.1
    assert not {"mean", "std"} & set(network.state_dict())


def test_dropout_acts_in_training_only(network: Network) -> None:
    images = torch.rand(2, 3, 16, 16)
    assert torch.equal(network(images), network(images))
    network.train()
    torch.manual_seed(0)
    assert not torch.equal(network(images), network(images))
