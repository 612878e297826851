"""From heat maps to places between the pixels, with a certainty.

A heat map here is a distribution over the cells of a grid. Its peak is found to the cell; the rest is decoded
from the cells around it, by their mean ("local_mean") or by the maximum of a parabola through the logarithm
of the smoothed map ("dark": Zhang et al., CVPR 2020, distribution-aware coordinate representation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from thirdeye.registry import Registry

Heat = NDArray[np.float32]
Places = NDArray[np.float64]
Decoder = Callable[[Heat, float], Places]

DECODERS: Registry[Decoder] = Registry("landmark decoder")
REACH = 3.0  # spreads around the peak that belong to it


def heat_of(logits: Heat, *, is_choice: bool = True) -> Heat:
    """What a network draws as distributions over the places.

    Args:
        logits: (..., h, w) of any numbers.
        is_choice: taught as a choice among the places (softmax), not as a picture (what is negative is 0).
    """
    flat = logits.reshape(*logits.shape[:-2], -1)
    flat = np.exp(flat - flat.max(axis=-1, keepdims=True)) if is_choice else np.maximum(flat, 1e-9)
    return np.asarray((flat / flat.sum(axis=-1, keepdims=True)).reshape(logits.shape), np.float32)


def decode(heat: Heat, spread: float, method: str) -> tuple[Places, NDArray[np.float64]]:
    """Places and certainties.

    Args:
        heat: (p, h, w), each map sums to 1.
        spread: standard deviation, in cells, of the blob that a perfectly certain network draws.
        method: name of a registered decoder.

    Returns:
        (p, 2) (x, y) in cells, the centre of the first at (0.5, 0.5); (p,) share of the map that lies within
        `REACH` spreads of its peak, 0 to 1.
    """
    return DECODERS.get(method)(heat, spread), np.clip(_around(heat, spread).sum(axis=(1, 2)), 0.0, 1.0)


@DECODERS.register("local_mean")
def local_mean(heat: Heat, spread: float) -> Places:
    """Mean place of what lies around the peak."""
    near = _around(heat, spread)
    total = np.maximum(near.sum(axis=(1, 2)), 1e-12)
    x = (near.sum(axis=1) * (np.arange(heat.shape[2]) + 0.5)).sum(axis=1)
    y = (near.sum(axis=2) * (np.arange(heat.shape[1]) + 0.5)).sum(axis=1)
    return np.stack([x, y], axis=1) / total[:, None]


@DECODERS.register("dark")
def dark(heat: Heat, spread: float) -> Places:
    """One Newton step from the peak of the smoothed map's logarithm, at most a cell long."""
    from scipy import ndimage

    sigma = (0.0, spread / 2, spread / 2)
    smooth = np.log(np.maximum(ndimage.gaussian_filter(heat.astype(np.float64), sigma), 1e-20))
    padded = np.pad(smooth, ((0, 0), (1, 1), (1, 1)), mode="edge")
    row, column = _peaks(smooth)
    map_ = np.arange(len(heat))

    def at(dy: int, dx: int) -> NDArray[np.float64]:
        return np.asarray(padded[map_, row + 1 + dy, column + 1 + dx])

    gx, gy = (at(0, 1) - at(0, -1)) / 2, (at(1, 0) - at(-1, 0)) / 2
    xx = at(0, 1) - 2 * at(0, 0) + at(0, -1)
    yy = at(1, 0) - 2 * at(0, 0) + at(-1, 0)
    xy = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4
    determinant = xx * yy - xy**2
    curved = (determinant > 1e-9) & (xx < 0)
    safe = np.where(curved, determinant, 1.0)
    step = np.stack([-(yy * gx - xy * gy) / safe, -(xx * gy - xy * gx) / safe], axis=1)
    step = np.where(curved[:, None], np.clip(step, -1.0, 1.0), 0.0)
    return np.stack([column + 0.5, row + 0.5], axis=1) + step


def _peaks(heat: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    row, column = np.divmod(heat.reshape(len(heat), -1).argmax(axis=1), heat.shape[2])
    return row, column


def _around(heat: Heat, spread: float) -> NDArray[np.float64]:
    """The maps, zero beyond `REACH` spreads of their peaks along either axis."""
    reach = max(1.0, np.ceil(REACH * spread))
    row, column = _peaks(heat)
    rows = np.abs(np.arange(heat.shape[1]) - row[:, None]) <= reach
    columns = np.abs(np.arange(heat.shape[2]) - column[:, None]) <= reach
    return np.asarray(heat * rows[:, :, None] * columns[:, None, :], np.float64)
