"""The layer table of the published networks: 47-44-43-40-20-18-9-7-6, and 6 x 8 x 6 of the plain one."""

import pytest
import torch
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.volume_risk import (
    RiskNetwork,
    RiskShape,
    WholeNetwork,
    halvings_of,
    whole_sides,
)

SMALL = RiskShape(widths=(2, 3, 4, 5), side=1, hidden=6)


def test_sides_of_every_layer_of_a_patch() -> None:
    shape = RiskShape(widths=(1, 1, 1, 1))
    seen = []
    network = RiskNetwork(shape).eval()
    for block in network.blocks:
        for layer in (block[0], block[1]):
            layer.register_forward_hook(lambda *given: seen.append(given[2].shape[-1]))
    with torch.inference_mode():
        said = network(torch.zeros(1, 1, 47, 47, 47))
    assert shape.patch == 47
    assert seen == [44, 43, 40, 20, 18, 9, 7, 6]
    assert said.shape == (1, 2, 1, 1, 1)


def test_parameters_are_those_of_the_layer_table() -> None:
    widths, before, expected = (20, 40, 80, 160), 1, 0
    for width, kernel in zip(widths, (4, 4, 3, 3), strict=True):
        expected += before * width * kernel**3 + width + 2 * width  # convolution, bias, normalisation
        before = width
    expected += 160 * 6**3 * 30 + 30 + 30 * 2 + 2
    assert sum(one.numel() for one in RiskNetwork(RiskShape()).parameters()) == expected == 1_522_272


def test_a_whole_volume_is_read_as_its_patches_are() -> None:
    torch.manual_seed(0)
    network = RiskNetwork(SMALL).eval()
    for one in network.modules():
        if isinstance(one, nn.BatchNorm3d):
            one.running_mean.uniform_(-0.2, 0.2)
            one.running_var.uniform_(0.5, 1.5)
    volume = torch.randn(1, 1, 39, 35, 31)
    with torch.inference_mode():
        dense = network(volume)
        assert dense.shape == (1, 2, 4, 3, 2)
        for z, y, x in ((0, 0, 0), (3, 2, 1), (1, 2, 0)):
            patch = volume[:, :, 4 * z : 4 * z + 27, 4 * y : 4 * y + 27, 4 * x : 4 * x + 27]
            assert torch.allclose(network(patch)[..., 0, 0, 0], dense[:, :, z, y, x], atol=1e-5)


def test_the_plain_network_leaves_what_is_told_of_it() -> None:
    assert whole_sides((181, 217, 181)) == (6, 8, 6)
    with torch.inference_mode():
        assert WholeNetwork((100, 108, 100), SMALL).eval()(torch.zeros(2, 1, 100, 108, 100)).shape == (2, 2)


@pytest.mark.parametrize(
    ("sides", "halved"),
    [((97, 97, 97), (2, 2, 2, 2)), ((96, 97, 97), (1, 2, 2, 2)), ((40, 44, 40), (1, 2, 2, 1))],
)
def test_smaller_volumes_are_halved_less_often(
    sides: tuple[int, int, int], halved: tuple[int, int, int, int]
) -> None:
    assert halvings_of(sides) == halved
    network = WholeNetwork(sides, SMALL).eval()
    with torch.inference_mode():
        left = network.blocks(torch.zeros(1, 1, *sides))
        assert tuple(left.shape[2:]) == whole_sides(sides, halved)
        assert network(torch.zeros(1, 1, *sides)).shape == (1, 2)


def test_volumes_that_leave_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="18 x 17 x 18 voxels are too small"):
        WholeNetwork((18, 17, 18), SMALL)


@pytest.mark.parametrize(("side", "patch"), [(1, 27), (2, 31), (6, 47)])
def test_the_side_of_a_patch(side: int, patch: int) -> None:
    assert RiskShape(side=side).patch == patch
