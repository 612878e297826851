"""Patches: cut where they should be, turned about their centre, nothing invented beyond the edge."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.warp import Warping, cut


def picture(sides, seed=0):
    rng = np.random.default_rng(seed)
    image = torch.from_numpy(rng.normal(size=(2, *sides)).astype(np.float32))
    target = torch.from_numpy(rng.integers(0, 3, sides).astype(np.uint8))
    return image, target


@pytest.mark.parametrize(
    ("sides", "size"), [((10, 12, 8), (4, 5, 6)), ((20, 15), (7, 8)), ((6, 5, 4), (9, 8, 8))]
)
def test_the_identity_map_is_plain_cutting(sides, size):
    image, target = picture(sides)
    centre = np.array(
        [(side - 1) / 2 + (0.5 if (side + one) % 2 else 0) for side, one in zip(sides, size, strict=True)]
    )
    plain = cut(image, target, centre, size, None)
    turned = cut(image, target, centre, size, np.eye(len(sides)))
    torch.testing.assert_close(plain[0], turned[0], atol=1e-4, rtol=1e-4)
    assert torch.equal(plain[1], turned[1])


def test_beyond_the_image_nothing_is_known():
    image, target = picture((6, 6))
    patch, marked = cut(image, target, np.array([2.5, 2.5]), (10, 10), None)
    assert (marked == IGNORED).sum() == 100 - 36
    assert torch.equal(patch[:, 2:8, 2:8], image)
    assert float(patch[:, :2].abs().max()) == 0


def test_a_quarter_turn_moves_a_mark_as_a_matrix_says():
    image, target = torch.zeros(1, 11, 11), torch.zeros(11, 11, dtype=torch.uint8)
    target[5, 8] = 1  # offset (0, 3) from the centre
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    _, marked = cut(image, target, np.array([5.0, 5.0]), (11, 11), quarter)
    row, column = np.argwhere(marked.numpy() == 1)[0]
    offset = quarter @ (np.array([row, column]) - 5)
    assert offset == pytest.approx([0, 3], abs=1e-6)


@pytest.mark.parametrize("axes", [2, 3])
def test_maps_turn_and_scale_within_their_limits(axes):
    rng = np.random.default_rng(1)
    warping = Warping(30, (0, 1, 2), 0.25, 0.5)
    drawn = [warping.draw(axes, rng) for _ in range(400)]
    share = np.mean([one is None for one in drawn])
    assert 0.4 < share < 0.6
    scales = [abs(np.linalg.det(one)) ** (1 / axes) for one in drawn if one is not None]
    assert min(scales) >= 0.8 - 1e-9
    assert max(scales) <= 1.25 + 1e-9


def test_thick_slices_stay_in_their_plane():
    rng = np.random.default_rng(2)
    for _ in range(50):
        matrix = Warping(30, (2,), 0.0, 1.0).draw(3, rng)
        assert matrix is not None
        assert matrix[2] == pytest.approx([0, 0, 1])
        assert matrix[:, 2] == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("matrix", [None, np.eye(2) * 1.1])
def test_a_margin_adds_surroundings_to_the_image_and_nothing_to_the_target(matrix):
    image, target = picture((14, 12))
    centre = np.array([6.0, 5.0])
    seen, marked = cut(image, target, centre, (3, 1), matrix, (2, 4))
    wide, labels = cut(image, target, centre, (7, 9), matrix)
    assert torch.equal(seen, wide)
    assert torch.equal(marked, labels[2:5, 4:5])
