"""The class activation map: what it adds up to, and which way round it is."""

from __future__ import annotations

import numpy as np
import torch

from thirdeye.explanation.cam import class_activation_maps, signed_maps
from thirdeye.transform.prepare import prepare


def batch(blob_image, places: list[tuple[int, int]]) -> torch.Tensor:
    random = np.random.default_rng(0)
    squares = [
        prepare(blob_image(random, positive=True, at=at), size_px=32, resize="squash", intensity="full_range")
        for at in places
    ]
    return torch.from_numpy(np.stack(squares).astype(np.float32) / 255).movedim(-1, 1)


def test_spatial_mean_plus_bias_is_the_logit(make_network, blob_image) -> None:
    network = make_network(n_outputs=4).eval()
    images = batch(blob_image, [(10, 10), (30, 20)])
    with torch.no_grad():
        logits = class_activation_maps(network, images).mean(dim=(2, 3)) + network.head.bias
        assert torch.allclose(logits, network(images), atol=1e-5)


def test_a_network_that_rewards_brightness_lights_up_on_the_bright_blob(make_network, blob_image) -> None:
    network = make_network().eval()
    places = [(8, 8), (31, 12), (20, 30)]
    images = batch(blob_image, places)
    positive = signed_maps(network, images, np.ones(3, int), task="binary")
    negative = signed_maps(network, images, np.zeros(3, int), task="binary")
    for one, other, at in zip(positive, negative, places, strict=True):
        peak = np.array(np.unravel_index(one.argmax(), one.shape))
        assert np.abs((peak + 0.5) * 5 - at).max() <= 5
        assert one.max() > 0
        assert other[tuple(peak)] == other.min()
