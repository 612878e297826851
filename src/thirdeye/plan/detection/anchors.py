"""Sizes and shapes of anchors from those of the boxes that are to be found.

Source: clusters of box sizes: Redmon and Farhadi, "YOLO9000", CVPR 2017; here in the logarithm of the size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 50
SQUARE = 1.4  # height over width within which nearly all boxes need one shape only
CELLS = 2.0  # cells of its level that an anchor covers at least


def clustered_sizes(sizes: NDArray[np.float64], strides: Sequence[int], *, seed: int) -> tuple[float, ...]:
    """One size for each level: centres of clusters of the logarithm of the sizes, none below two cells.

    Args:
        sizes: of boxes, in prepared pixels; empty gives four cells for each level.
        strides: of the levels.
        seed: of the first centres.
    """
    if not sizes.size:
        return tuple(4.0 * stride for stride in strides)
    centres = _clusters(np.log(np.maximum(sizes, 1.0)), len(strides), np.random.default_rng(seed))
    return tuple(
        round(max(float(np.exp(centre)), CELLS * stride), 1)
        for centre, stride in zip(centres, strides, strict=True)
    )


def common_ratios(ratios: NDArray[np.float64]) -> tuple[float, ...]:
    """Height over width of the anchors: 1 where nearly all boxes are square, else three quantiles."""
    if not ratios.size:
        return (1.0,)
    low, middle, high = np.quantile(ratios, (0.1, 0.5, 0.9))
    if high < SQUARE and low > 1 / SQUARE:
        return (1.0,)
    return tuple(round(float(one), 2) for one in (low, middle, high))


def _clusters(values: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rising centres of k-means in one dimension, from quantiles."""
    centres = np.quantile(values, (np.arange(count) + 0.5) / count)
    centres = centres + rng.uniform(-1e-6, 1e-6, count)
    for _ in range(ROUNDS):
        nearest = np.abs(values[:, None] - centres).argmin(axis=1)
        moved = np.array(
            [values[nearest == at].mean() if (nearest == at).any() else centres[at] for at in range(count)]
        )
        if np.allclose(moved, centres):
            break
        centres = moved
    return np.sort(centres)
