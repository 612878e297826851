"""Bent patches: smooth, nothing folds, image and target alike, and nothing changes where it is off."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline

from thirdeye.training.dense.bend import FURTHEST, STEP, displacement, drawn_moves
from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.warp import Warping, cut


def test_a_line_of_voxels_follows_the_uniform_cubic_b_spline() -> None:
    rng = np.random.default_rng(0)
    side = 70
    moves = drawn_moves((side,), 4.0, (0,), rng)
    knots = (np.arange(moves.shape[1] + 4) - 3) * STEP
    wanted = BSpline(knots.astype(float), moves[0], 3)(np.arange(side) + 0.5)
    np.testing.assert_allclose(displacement((side,), moves)[:, 0], wanted, atol=1e-10)


@pytest.mark.parametrize("size", [(40, 64), (1, 30), (20, 48, 33)])
def test_equal_moves_shift_the_whole_patch(size) -> None:
    moves = drawn_moves(size, 3.0, range(len(size)), np.random.default_rng(1))
    for axis in range(len(size)):
        moves[axis] = axis + 0.5
    found = displacement(size, moves)
    assert found.shape == (*size, len(size))
    np.testing.assert_allclose(found, np.broadcast_to(np.arange(len(size)) + 0.5, found.shape))


@pytest.mark.parametrize("size", [(96, 96), (48, 48, 48)])
def test_nothing_folds_even_with_the_largest_moves(size) -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        moves = drawn_moves(size, 1000.0, range(len(size)), rng)
        assert np.abs(moves).max() == pytest.approx(FURTHEST * STEP)
        field = np.moveaxis(displacement(size, moves), -1, 0)
        slopes = np.array([np.gradient(one) for one in field])  # (moved, along, ...)
        jacobian = np.moveaxis(slopes, (0, 1), (-2, -1)) + np.eye(len(size))
        assert np.linalg.det(jacobian).min() > 0


def test_image_and_target_are_bent_alike() -> None:
    """A ramp tells where each voxel came from."""
    rng = np.random.default_rng(3)
    ramp = torch.arange(100.0).repeat(100, 1)[None]
    target = (ramp[0] >= 50).to(torch.uint8)
    moves = drawn_moves((40, 40), 5.0, (0, 1), rng)
    seen, marked = cut(ramp, target, np.array([49.5, 49.5]), (40, 40), None, (), moves)
    wanted = np.arange(40) + 30 + displacement((40, 40), moves)[..., 1]
    np.testing.assert_allclose(seen[0].numpy(), wanted, atol=1e-3)
    clear = np.abs(wanted - 49.5) > 0.01
    np.testing.assert_array_equal(marked.numpy()[clear], (wanted >= 49.5)[clear])
    assert np.abs(wanted - np.arange(40) - 30).max() > 1


def test_turned_and_bent_reach_no_further_than_the_image_is_known() -> None:
    rng = np.random.default_rng(4)
    image, target = torch.ones(1, 64, 64), torch.zeros(64, 64, dtype=torch.uint8)
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    moves = drawn_moves((24, 24), 8.0, (0, 1), rng)
    seen, marked = cut(image, target, np.array([31.5, 31.5]), (24, 24), turn, (), moves)
    np.testing.assert_allclose(seen.numpy(), 1, atol=1e-5)
    assert (marked == 0).all()
    beyond = cut(image, target, np.array([0.0, 0.0]), (24, 24), None, (), moves)[1]
    assert (beyond == IGNORED).any()


def test_off_draws_nothing_and_a_share_stays() -> None:
    rng = np.random.default_rng(5)
    before = rng.bit_generator.state
    assert Warping(20, (), 0.2, 0.5).bend((32, 32), rng) is None
    assert rng.bit_generator.state == before
    drawn = [Warping(20, (), 0.2, 0.5, 3.0).bend((32, 32), rng) for _ in range(300)]
    assert 0.4 < np.mean([one is None for one in drawn]) < 0.6
    spread = np.concatenate([one.ravel() for one in drawn if one is not None]).std()
    assert spread == pytest.approx(3.0, rel=0.1)


def test_thick_slices_are_bent_within_their_plane() -> None:
    moves = Warping(20, (0,), 0.2, 1.0, 3.0).bend((6, 48, 48), np.random.default_rng(6))
    assert moves is not None
    assert np.abs(moves[0]).max() == 0
    assert np.abs(moves[1:]).min(axis=(1, 2, 3)).max() < np.abs(moves[1:]).max()
    every = Warping(20, (0, 1, 2), 0.2, 1.0, 3.0).bend((32, 48, 48), np.random.default_rng(6))
    assert every is not None
    assert (np.abs(every).max(axis=(1, 2, 3)) > 0).all()
