"""Squares of three sides: maps of the layer table, and dense reading equal to reading one by one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.multiscale_patch import (
    KERNELS,
    Branch,
    MultiscalePatchNet,
    PatchShape,
    map_sides,
)
from thirdeye.model.build_dense import PATCHES, build_dense
from thirdeye.plan.dense.rules import PATCHES as PLANNED
from thirdeye.plan.dense.rules import SCALES


def network(scales: tuple[int, ...] = (25, 51, 75), **shape: int) -> MultiscalePatchNet:
    """With batch statistics that change something, ready to read."""
    torch.manual_seed(1)
    net = MultiscalePatchNet(
        PatchShape(**{"n_in": 2, "n_out": 4, "scales": scales, "width": 3, **shape})
    ).eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.4, 2)
    return net


def test_maps_are_those_of_the_layer_table() -> None:
    assert map_sides(25) == [25, 21, 10, 8, 4, 2]
    assert map_sides(51) == [51, 45, 22, 18, 9, 7, 3]
    assert map_sides(75) == [75, 67, 33, 27, 13, 9, 4]


@pytest.mark.parametrize(("side", "full"), [(25, 2), (51, 3), (75, 4)])
def test_a_branch_has_the_maps_and_kernels_of_the_layer_table(side: int, full: int) -> None:
    branch = Branch(side, PatchShape(1, 9, (side,)))
    layers = [layer for layer in branch.modules() if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in layers] == [24, 32, 48, 256]
    assert [layer.kernel_size[0] for layer in layers] == [*KERNELS[side], full]
    assert branch.one(torch.zeros(2, 1, side, side)).shape == (2, 256, 1, 1)


@pytest.mark.parametrize("scales", [(25, 51, 75), (51,), (75, 25)])
def test_every_place_gets_the_answer_of_its_own_squares(scales: tuple[int, ...]) -> None:
    net, side = network(scales), max(scales)
    images = torch.randn(1, 2, side - 1 + 6, side - 1 + 9)
    with torch.inference_mode():
        dense = net(images)
        single = [net(images[..., i : i + side, j : j + side]) for i in range(6) for j in range(9)]
    assert dense.shape == (1, 4, 6, 9)
    assert torch.allclose(dense, torch.cat(single, 2).reshape(1, 4, 6, 9), atol=1e-5)
    assert dense.std() > 1e-3


@pytest.mark.parametrize("across", [0, 2])
def test_slices_of_a_volume_are_read_one_by_one(across: int) -> None:
    flat, solid = network((25,)), network((25,), axes=3, across=across)
    volume = torch.randn(2, 2, 27, 28, 29).narrow(2 + across, 0, 3)
    with torch.inference_mode():
        found = solid(volume)
        for number in range(3):
            assert torch.allclose(
                found.select(2 + across, number), flat(volume.select(2 + across, number)), atol=1e-6
            )


@pytest.mark.parametrize("scales", [(), (33,), (25, 25)])
def test_squares_without_a_published_branch_are_refused(scales: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="25, 51, 75, each once"):
        PatchShape(1, 2, scales)


def test_is_built_by_its_name() -> None:
    assert (PLANNED, tuple(KERNELS)) == (PATCHES, SCALES)
    shape = PatchShape(1, 2, (25,), 3)
    assert build_dense(PATCHES, shape)[0].shape == shape
    with pytest.raises(UsageError, match="leave scales empty"):
        build_dense("unet", shape)
