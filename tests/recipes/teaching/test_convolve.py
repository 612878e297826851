"""Correlation and pooling, against PyTorch."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from thirdeye.recipes.rows.conv_pool_demo import KERNEL, PICTURE
from thirdeye.recipes.teaching.convolve import correlate, max_pool


def test_the_slide() -> None:
    assert correlate(PICTURE, KERNEL).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_any_kernel_is_correlated_as_torch_does() -> None:
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(9, 7)), rng.normal(size=(3, 2))
    theirs = F.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
    np.testing.assert_allclose(correlate(image, kernel), theirs, rtol=1e-12)
    assert not np.allclose(correlate(image, kernel[::-1, ::-1]), theirs)


def test_pools_are_those_of_torch() -> None:
    image = np.random.default_rng(1).normal(size=(7, 8))
    for side, stride in ((2, 2), (2, 1), (3, 2)):
        theirs = F.max_pool2d(torch.tensor(image)[None], side, stride)[0].numpy()
        assert max_pool(image, side=side, stride=stride).tolist() == theirs.tolist()
