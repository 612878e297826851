"""The same numbers as torch's own, in the order of memory that came in."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn

from thirdeye.model.architectures.instance_norm import InstanceNorm

LAYOUTS = {2: torch.channels_last, 3: torch.channels_last_3d}
KINDS = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("batch", [1, 3])
def test_values_and_gradients_are_those_of_torch(axes, batch):
    torch.manual_seed(0)
    images = torch.randn(batch, 5, *(6,) * axes).contiguous(memory_format=LAYOUTS[axes])
    ours, theirs = InstanceNorm(5), KINDS[axes](5, affine=True)
    with torch.no_grad():
        for module in (ours, theirs):
            module.weight.copy_(torch.linspace(0.5, 2, 5))
            module.bias.copy_(torch.linspace(-1, 1, 5))
    sums = []
    for module in (ours, theirs):
        seen = images.clone().requires_grad_()
        answer = module(seen)
        (answer**3).sum().backward()
        sums.append((answer.detach(), seen.grad, module.weight.grad, module.bias.grad))
    for one, other in zip(*sums, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("axes", [2, 3])
def test_the_order_of_memory_stays(axes):
    images = torch.randn(2, 4, *(6,) * axes).contiguous(memory_format=LAYOUTS[axes])
    assert InstanceNorm(4)(images).is_contiguous(memory_format=LAYOUTS[axes])


def test_one_image_does_not_see_the_others():
    torch.manual_seed(0)
    norm, images = InstanceNorm(3), torch.randn(4, 3, 8, 8)
    torch.testing.assert_close(norm(images)[1:2], norm(images[1:2]))


def test_a_traced_network_gives_the_same():
    torch.manual_seed(0)
    norm, images = InstanceNorm(3).eval(), torch.randn(2, 3, 8, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing is deprecated, and warns of constants
        traced = torch.jit.trace(norm, (images,))
    torch.testing.assert_close(traced(images * 2 + 1), norm(images * 2 + 1), rtol=1e-4, atol=1e-5)
