"""Pictures of what was learnt: the right kernels, the channels that count, readable sizes."""

from __future__ import annotations

import numpy as np

from thirdeye.explanation.learnt import early_maps, first_kernels, kernel_picture, late_maps, map_picture


def test_kernels_are_those_of_the_first_layer(make_network) -> None:
    network = make_network().eval()
    kernels = first_kernels(network)
    assert kernels.shape == (6, 3, 3, 3)
    assert np.allclose(kernels[0], 1 / 27)
    picture = kernel_picture(kernels)
    assert picture.dtype == np.uint8
    assert (picture[:56, :56] == 255).all()  # a kernel of one value is as bright as it can be
    assert (picture[:56, 56:60] == 255).all()  # paper between


def test_the_feature_that_carries_the_answer_comes_first(make_network) -> None:
    network = make_network().eval()
    image = np.random.default_rng(0).random((3, 32, 32)).astype(np.float32)
    maps, adds = late_maps(network, image, np.array([-0.5, 0.5], np.float32))
    assert np.allclose(np.abs(adds), np.sort(np.abs(adds))[::-1])
    logit = network.head.weight[1, 0].item() / 2 * maps[0].mean()
    assert np.isclose(adds[0], logit, rtol=0.05)
    assert early_maps(network, image).shape[0] == 6
    assert map_picture(maps).shape[2] == 3
