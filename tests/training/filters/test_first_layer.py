"""The first layer begins with filters of the learning images, and of no others."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.build import build_network
from thirdeye.model.network import Network
from thirdeye.training.filters.first_layer import begin_with_filters, draw_patches, first_convolution


def striped(n: int, side: int) -> NDArray[np.uint8]:
    """Colour pictures of stripes in all directions."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:side, :side]
    angle = rng.uniform(0, np.pi, (n, 1, 1))
    wave = np.sin((np.cos(angle) * rows + np.sin(angle) * columns) * rng.uniform(0.4, 1.2, (n, 1, 1)))
    grey = 127 + 90 * wave + rng.normal(0, 4, wave.shape)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=3)


def small(channels: int = 3) -> Network:
    class Backbone(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Conv2d(channels, 5, 4), nn.Conv2d(5, 4, 3)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            seen = images if channels == 3 else images.mean(dim=1, keepdim=True)
            return torch.as_tensor(self.second(self.first(seen)))

    torch.manual_seed(3)
    return Network(Backbone(), n_features=4, n_outputs=2, mean=(0.5,) * 3, std=(0.25,) * 3)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_layer_alone_is_changed_and_keeps_its_length(channels: int) -> None:
    network, untouched = small(channels), small(channels)
    begin_with_filters(network, striped(12, 24), np.arange(12), seed=(0, 1))
    before, after = untouched.backbone.first.weight, network.backbone.first.weight
    lengths = after.flatten(1).norm(dim=1)
    assert not torch.allclose(before, after)
    assert torch.allclose(lengths, before.flatten(1).norm(dim=1).mean().expand(5), rtol=1e-4)
    assert torch.equal(network.backbone.second.weight, untouched.backbone.second.weight)
    assert torch.equal(network.backbone.first.bias, untouched.backbone.first.bias)


def test_images_that_are_not_learnt_from_play_no_part() -> None:
    images = striped(12, 24)
    other = images.copy()
    other[8:] = np.random.default_rng(5).integers(0, 256, other[8:].shape)
    networks = [small(), small(), small()]
    for network, held, rows in zip(networks, (images, other, other), (8, 8, 12), strict=True):
        begin_with_filters(network, held, np.arange(rows), seed=(0, 1))
    first, same, more = (network.backbone.first.weight for network in networks)
    assert torch.equal(first, same)
    assert not torch.allclose(first, more)


def test_patches_are_what_the_layer_sees() -> None:
    network, images = small(1), striped(4, 12)
    drawn = draw_patches(network, first_convolution(network), images, np.arange(4), np.random.default_rng(0))
    assert drawn.shape[1:] == (1, 4, 4)
    seen = (images.astype(np.float32) / 255 - 0.5) / 0.25
    assert drawn.min() >= seen.min() - 1e-5
    assert drawn.max() <= seen.max() + 1e-5
    windows = np.lib.stride_tricks.sliding_window_view(seen.mean(axis=3), (4, 4), axis=(1, 2)).reshape(-1, 16)
    assert all(np.abs(windows - patch.reshape(1, 16)).max(axis=1).min() < 1e-5 for patch in drawn[:20])


def test_the_published_network_has_one() -> None:
    network, _ = build_network("arevalo_cnn3_quarter", n_outputs=2, weights="none")
    layer = first_convolution(network)
    assert (layer.in_channels, layer.kernel_size) == (1, (11, 11))


def test_a_network_without_such_a_layer_is_refused() -> None:
    deep = Network(nn.Conv2d(4, 2, 3), n_features=2, n_outputs=2, mean=(0.5,) * 3, std=(0.25,) * 3)
    with pytest.raises(UsageError, match="needs a network whose first layer"):
        first_convolution(deep)
