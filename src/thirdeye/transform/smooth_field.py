"""A smooth field through scattered values of a grid: cubic B-splines on a coarse lattice.

Values are fitted as in Lee, Wolberg and Shin 1997 (multilevel B-splines): each control point takes what the
values around it ask for, weighted by how much they depend on it. It smooths: what is left over can be fitted
again. Weights are products over the axes, so that a fit is one product along each axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fitted_lattice(values: Array, inside: NDArray[np.bool_], spans: int) -> Array:
    """Control points of a field through `values`.

    Args:
        values: (...) a grid.
        inside: of its shape; where values count.
        spans: of the lattice along each axis; its control points are three more.

    Returns:
        (spans + 3, ...) control points; 0 where no value is near.
    """
    weights = [spline_weights(side, spans, side) for side in values.shape]
    norm = _outer([(one**2).sum(axis=1) for one in weights])
    asked = np.where(inside, values, 0.0) / norm
    above = _along(asked, [one**3 for one in weights])
    below = _along(inside.astype(np.float64), [one**2 for one in weights])
    return np.divide(above, below, out=np.zeros_like(above), where=below > 1e-12)


def field_of(lattice: Array, sides: Sequence[int]) -> Array:
    """The field of control points on a grid of these sides over the same ground."""
    spans = lattice.shape[0] - 3
    return _along(lattice, [spline_weights(side, spans, side).T for side in sides])


def spline_weights(count: int, spans: int, length: float) -> Array:
    """(count, spans + 3) weights of the control points for the middles of `count` places of unit length.

    Args:
        count: places.
        spans: of the lattice.
        length: of all spans together, in places.
    """
    places = (np.arange(count) + 0.5) * spans / length
    first = np.minimum(places.astype(int), spans - 1)
    t = places - first
    four = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1)
    found = np.zeros((count, spans + 3))
    found[np.arange(count)[:, None], first[:, None] + np.arange(4)] = four / 6
    return found


def _along(grid: Array, factors: Sequence[Array]) -> Array:
    """Each axis of a grid multiplied with its own (old, new) factor."""
    for factor in factors:  # takes the first axis away and puts the new one last
        grid = np.tensordot(grid, factor, axes=(0, 0))
    return grid


def _outer(parts: Sequence[Array]) -> Array:
    found = parts[0]
    for part in parts[1:]:
        found = found[..., None] * part
    return found
