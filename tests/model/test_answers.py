"""Every network that slides answers about each place as it would about that place's own square."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.errors import StageFailed
from thirdeye.model.answers import with_answers_every
from thirdeye.model.build_sliding import build_sliding
from thirdeye.plan.detection.networks import SLIDING_NETWORKS


@pytest.mark.parametrize("stride", [1, 4, 16])
@pytest.mark.parametrize("name", SLIDING_NETWORKS)
def test_reading_densely_equals_reading_square_by_square(name: str, stride: int) -> None:
    shape = SLIDING_NETWORKS[name]
    torch.manual_seed(0)
    network = build_sliding(name, n_in=3, n_out=3).eval()
    if stride > shape.stride_px:
        with pytest.raises(StageFailed, match="are not among those of this network"):
            with_answers_every(stride, network)
        return
    side = shape.side_px
    image = torch.randn(1, 3, side + 2 * stride, side + stride)
    with torch.inference_mode():
        dense = with_answers_every(stride, network)(image)
        assert dense.shape == (1, 3, 3, 2)
        for row in range(3):
            for column in range(2):
                top, left = row * stride, column * stride
                alone = network(image[:, :, top : top + side, left : left + side])[0, :, 0, 0]
                torch.testing.assert_close(dense[0, :, row, column], alone, atol=1e-4, rtol=1e-4)


def test_the_network_itself_stays_as_it_is() -> None:
    network = build_sliding("ciresan_dnn1", n_in=3, n_out=2)
    with_answers_every(1, network)
    assert network(torch.zeros(1, 3, 101 + 31, 101)).shape == (1, 2, 1, 1)
    assert network(torch.zeros(1, 3, 101 + 32, 101)).shape == (1, 2, 2, 1)


def test_a_pooling_that_does_not_halve_is_refused() -> None:
    with pytest.raises(StageFailed, match="only poolings that halve"):
        with_answers_every(1, nn.Sequential(nn.MaxPool2d(3, 3)))
