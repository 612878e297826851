"""Elastic deformation of patches: control points are moved at random, all between them follows smoothly.

After the U-Net (Ronneberger et al. 2015, from memory), which moved the points of a coarse grid by a normal
distribution. Here the grid has a step in voxels and uniform cubic B-splines join the moves.
No move is larger than `FURTHEST` steps, so that nothing folds over itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.smooth_field import spline_weights

STEP = 24  # voxels between control points
FURTHEST = 0.4  # steps that a control point may move

Array = NDArray[np.float64]


def drawn_moves(size: Sequence[int], spread: float, moved: Sequence[int], rng: Generator) -> Array:
    """Moves of the control points of a patch.

    Args:
        size: sides of the patch, voxels.
        spread: standard deviation of a move along one axis, voxels.
        moved: axes along which points are moved.
        rng: decides.

    Returns:
        (axes, *points) voxels, 0 along the axes that are not moved; a point more than the patch on each side.
    """
    points = [_intervals(side) + 3 for side in size]
    moves = np.zeros((len(size), *points))
    for axis in moved:
        moves[axis] = np.clip(rng.normal(0, spread, points), -FURTHEST * STEP, FURTHEST * STEP)
    return moves


def displacement(size: Sequence[int], moves: Array) -> Array:
    """(*size, axes) by how much every voxel of the patch is moved.

    Args:
        size: sides of the patch.
        moves: of `drawn_moves` for these sides.
    """
    field = moves
    for side in size:  # each product takes the first axis of points and puts that of voxels last
        weights = spline_weights(side, _intervals(side), _intervals(side) * STEP)
        field = np.tensordot(field, weights, axes=(1, 1))
    return np.moveaxis(field, 0, -1)


def _intervals(side: int) -> int:
    return max(1, math.ceil(side / STEP))
