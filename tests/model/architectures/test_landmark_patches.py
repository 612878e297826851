from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from thirdeye.model.architectures.landmark_patches import (
    KERNELS,
    PATCH,
    LandmarkPatches,
    last_side,
    seen_side,
)

WIDTHS = (4, 5, 6, 7, 8)


def test_the_sides_are_those_of_the_table() -> None:
    sides = [PATCH]
    for kernel in KERNELS:
        sides += [sides[-1] - kernel + 1, (sides[-1] - kernel + 1) // 2]
    assert sides == [81, 77, 38, 34, 17, 14, 7, 4, 2]
    assert (last_side(PATCH), seen_side(PATCH)) == (2, 80)


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize(("stride", "patch"), [(4, 81), (2, 65), (8, 81)])
def test_a_picture_is_answered_as_its_patches_are(stride: int, patch: int, is_shared: bool) -> None:
    torch.manual_seed(0)
    network = LandmarkPatches(
        n_in=1, n_out=3, widths=WIDTHS, patch=patch, stride=stride, is_shared=is_shared
    ).eval()
    picture = torch.randn(1, 1, 32, 48)
    with torch.no_grad():
        dense = network(picture)
        assert dense.shape == (1, 3, 32 // stride, 48 // stride)
        around = F.pad(picture, (patch, patch, patch, patch), mode="replicate")
        for row, column in ((0, 0), (1, 3), (32 // stride - 1, 48 // stride - 1)):
            # the middle of what an answer depends on is the middle of its cell
            top, left = (
                patch + round((place + 0.5) * stride - seen_side(patch) / 2) for place in (row, column)
            )
            own = network.of_patches(around[:, :, top : top + patch, left : left + patch])
            torch.testing.assert_close(own, dense[:, :, row, column], atol=1e-6, rtol=1e-5)


def test_each_landmark_has_a_network_of_its_own() -> None:
    each = LandmarkPatches(n_in=1, n_out=3, widths=WIDTHS)
    shared = LandmarkPatches(n_in=1, n_out=3, widths=WIDTHS, is_shared=True)
    assert (len(each.scorers), len(shared.scorers)) == (3, 1)
    convolutions = 4 * 25 + 4 * 5 * 25 + 5 * 6 * 16 + 6 * 7 * 16 + 2 * (4 + 5 + 6 + 7)
    full = 7 * 8 * 4 + 8
    count = [sum(one.numel() for one in network.parameters()) for network in (each, shared)]
    assert count == [3 * (convolutions + full + 9), convolutions + full + 27]
