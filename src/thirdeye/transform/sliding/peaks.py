"""From probabilities of every place to single objects: smoothing, peaks, and none beside a higher one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PeakRule:
    """How peaks are found; lengths in cells of the map.

    Args:
        smoothing: standard deviation of the Gaussian, or radius of the disc.
        radius: within which of a higher peak no other counts.
        least: smoothed probability of any object that a peak needs.
        most: peaks of an image that are kept.
        shape: of what smooths: "gaussian" or "disc" (the mean within a circle).
    """

    smoothing: float
    radius: float
    least: float = 0.02
    most: int = 2000
    shape: str = "gaussian"


@dataclass(frozen=True)
class Peaks:
    """What was found, the most certain first.

    Args:
        places: (n, 2) row and column in cells, between cells where the peak lies there.
        scores: (n,) smoothed probability of the class, 0 to 1.
        classes: (n,) from 0, background not among them.
    """

    places: Array
    scores: Array
    classes: NDArray[np.int64]


def find_peaks(probabilities: NDArray[np.float32], rule: PeakRule) -> Peaks:
    """Peaks of "something is here", each with its most likely class.

    Args:
        probabilities: (1 + K, rows, columns), background first.
        rule: how.
    """
    from scipy import ndimage

    smooth = np.stack([smoothed(plane, rule) for plane in probabilities[1:]]).astype(np.float64)
    total = smooth.sum(axis=0)
    highest = (total == ndimage.maximum_filter(total, size=3, mode="nearest")) & (total >= rule.least)
    places = np.argwhere(highest)
    order = np.argsort(-total[tuple(places.T)], kind="stable")
    places = places[order][: 4 * rule.most]
    kept = places[_apart(places.astype(np.float64), rule.radius)][: rule.most]
    at = smooth[:, kept[:, 0], kept[:, 1]]
    classes = at.argmax(axis=0) if len(kept) else np.zeros(0, np.int64)
    scores = at[classes, np.arange(len(kept))].clip(0, 1)
    order = np.argsort(-scores, kind="stable")
    return Peaks(_refined(total, kept)[order], scores[order], classes[order].astype(np.int64))


def smoothed(plane: NDArray[np.float32], rule: PeakRule) -> NDArray[np.float32]:
    """A map of probabilities after smoothing, of the same shape."""
    from scipy import ndimage

    if rule.shape == "gaussian":
        return np.asarray(ndimage.gaussian_filter(plane, rule.smoothing, mode="nearest"), np.float32)
    reach = int(rule.smoothing)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (np.hypot(rows, columns) <= rule.smoothing).astype(np.float32)
    return np.asarray(ndimage.convolve(plane, disc / disc.sum(), mode="nearest"), np.float32)


def _apart(places: Array, radius: float) -> NDArray[np.int64]:
    """Positions that lie further than `radius` from every kept one before them."""
    from scipy.spatial import cKDTree

    if not len(places):
        return np.zeros(0, np.int64)
    close = cKDTree(places).query_ball_point(places, radius)
    free = np.ones(len(places), bool)
    kept = []
    for index in range(len(places)):
        if free[index]:
            kept.append(index)
            free[close[index]] = False
    return np.array(kept, np.int64)


def _refined(total: Array, places: NDArray[np.int64]) -> Array:
    """The top of the parabola through a peak and its two neighbours, along each axis."""
    result = places.astype(np.float64)
    for axis in range(2):
        step = np.zeros(2, np.int64)
        step[axis] = 1
        inside = (places[:, axis] > 0) & (places[:, axis] < total.shape[axis] - 1)
        some = places[inside]
        before, here, after = (total[tuple((some + k * step).T)] for k in (-1, 0, 1))
        curve = before - 2 * here + after
        shift = np.divide(before - after, 2 * curve, out=np.zeros_like(curve), where=curve < -1e-9)
        result[inside, axis] += shift.clip(-0.5, 0.5)
    return result
