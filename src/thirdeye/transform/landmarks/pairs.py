"""How landmarks lie to each other, two by two, and the places on which they agree.

Each pair of landmarks has a mean offset and its covariance. A heat map of each landmark proposes the places
of its peaks; every landmark then takes in turn the one that suits its map and the places of the others best,
until none moves: an equilibrium, as in a game (Ibragimov et al., Med Phys 2012;39:5391, game-theoretic
landmark detection; pairwise Gaussian offsets as told of Arik et al., J Med Imaging 2017;4:014501). Last,
places between the peaks are weighed in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
Heat = NDArray[np.float32]
Cells = NDArray[np.int64]

LEAST_IMAGES = 10  # with both landmarks of a pair
LEAST_PX = 1.0  # standard deviation that is added to every offset: landmarks are marked no more exactly
CANDIDATES = 8  # peaks of a map
FLOOR = 0.01  # share of an even map below which no place counts as less likely
FAR = 12.5  # half squared standard deviations beyond which two places just disagree
SWEEPS = 20
REFINED = 3
REACH = 3.0  # spreads around the place that belong to it


@dataclass(frozen=True)
class PairModel:
    """Offsets of all pairs of landmarks, on the canvas.

    Args:
        offsets: (p, p, 2) mean of the first's place less the second's.
        precisions: (p, p, 2, 2) inverse covariance of it; 0 for pairs that were hardly ever seen together.
    """

    offsets: NDArray[np.float64]
    precisions: NDArray[np.float64]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form: the pairs of which the first comes before the second."""
        first, second = np.triu_indices(len(self.offsets), 1)
        own = self.precisions[first, second]
        numbers = np.column_stack([self.offsets[first, second], own[:, 0, 0], own[:, 0, 1], own[:, 1, 1]])
        pairs = [[float(f"{one:.5g}") for one in row] for row in numbers]
        return {"landmarks": len(self.offsets), "pairs": pairs}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> PairModel:
        """What `as_json` wrote.

        Raises:
            ValueError, KeyError: it is damaged.
        """
        count = int(form["landmarks"])
        first, second = np.triu_indices(count, 1)
        rows = np.asarray(form["pairs"], float).reshape(len(first), 5)
        offsets, precisions = np.zeros((count, count, 2)), np.zeros((count, count, 2, 2))
        offsets[first, second], offsets[second, first] = rows[:, :2], -rows[:, :2]
        own = rows[:, [2, 3, 3, 4]].reshape(-1, 2, 2)
        precisions[first, second] = precisions[second, first] = own
        return cls(offsets, precisions)


def pair_model(shapes: Places) -> PairModel | None:
    """Learn the offsets; None where no pair of landmarks is in `LEAST_IMAGES` images.

    Args:
        shapes: (n, p, 2) places on the canvas; NaN where missing.
    """
    count = shapes.shape[1]
    offsets, precisions = np.zeros((count, count, 2)), np.zeros((count, count, 2, 2))
    for first in range(count):
        for second in range(first + 1, count):
            gaps = shapes[:, first] - shapes[:, second]
            gaps = gaps[np.isfinite(gaps).all(axis=1)]
            if len(gaps) < LEAST_IMAGES:
                continue
            covariance = np.cov(gaps.T) + LEAST_PX**2 * np.eye(2)
            offsets[first, second], offsets[second, first] = gaps.mean(axis=0), -gaps.mean(axis=0)
            precisions[first, second] = precisions[second, first] = np.linalg.inv(covariance)
    return PairModel(offsets, precisions) if precisions.any() else None


def agreed(heat: Heat, model: PairModel, *, stride: int, weight: float) -> Cells:
    """The cells on which the landmarks agree, (p, 2) row and column.

    Args:
        heat: (p, h, w), each map sums to 1.
        model: of these landmarks.
        stride: pixels of the canvas per cell.
        weight: of the others' mean opinion against a landmark's own map, above 0.
    """
    cost = np.asarray(-np.log(heat + FLOOR / heat[0].size), np.float64)  # (p, h, w)
    rows, columns = _peaks(cost)  # (p, K)
    own = np.take_along_axis(cost.reshape(len(cost), -1), rows * heat.shape[2] + columns, axis=1)
    places = np.asarray((np.stack([columns, rows], axis=-1) + 0.5) * stride, np.float64)
    chosen = _equilibrium(own, _disagreement(places, model), weight)
    xy: Places = places[np.arange(len(places)), chosen]
    for _ in range(REFINED):
        xy = _refined(cost, xy, model, stride, weight)
    return np.asarray(np.floor(xy[:, ::-1] / stride), np.int64)


def around(heat: Heat, cells: Cells, spread: float) -> Heat:
    """The maps, zero beyond some spreads of these cells along either axis; arguments as above."""
    reach = max(1.0, np.ceil(REACH * spread))
    rows = np.abs(np.arange(heat.shape[1]) - cells[:, 0:1]) <= reach
    columns = np.abs(np.arange(heat.shape[2]) - cells[:, 1:2]) <= reach
    return np.asarray(heat * rows[:, :, None] * columns[:, None, :], np.float32)


def _peaks(cost: NDArray[np.float64]) -> tuple[Cells, Cells]:
    """(p, K) rows and columns of the cheapest cells that are cheaper than their neighbours."""
    from scipy import ndimage

    lowest = ndimage.minimum_filter(cost, (1, 3, 3), mode="nearest")
    flat = np.where(cost <= lowest, cost, np.inf).reshape(len(cost), -1)
    count = min(CANDIDATES, flat.shape[1])
    best = np.argsort(flat, axis=1, kind="stable")[:, :count]
    first = best[:, :1]  # maps with few peaks: the first stands in for those that are missing
    best = np.where(np.isfinite(np.take_along_axis(flat, best, axis=1)), best, first)
    rows, columns = np.divmod(best, cost.shape[2])
    return rows, columns


def _disagreement(places: Places, model: PairModel) -> NDArray[np.float64]:
    """(p, K, p, K) half squared distance of each pair of candidates from its mean offset, bounded."""
    count, many, _ = places.shape
    found = np.empty((count, many, count, many), np.float64)
    for one in range(count):
        gap = places[one][:, None, None] - places[None] - model.offsets[one][None, :, None]  # (K, p, K, 2)
        found[one] = 0.5 * np.einsum("kjla,jab,kjlb->kjl", gap, model.precisions[one], gap)
    return np.minimum(found, FAR)


def _equilibrium(own: NDArray[np.float64], between: NDArray[np.float64], weight: float) -> NDArray[np.int64]:
    """The candidate that each landmark keeps when none gains by another."""
    others = max(1, len(own) - 1)
    own = own - own.min(axis=1, keepdims=True)
    support = (between + own[None, None]).min(axis=3).sum(axis=2)
    chosen = np.asarray((own + weight * support / others).argmin(axis=1), np.int64)
    everyone = np.arange(len(own))
    for _ in range(SWEEPS):
        before = chosen.copy()
        for one in everyone:
            asked = between[one][:, everyone, chosen].sum(axis=1) - between[one, :, one, chosen[one]]
            chosen[one] = int((own[one] + weight * asked / others).argmin())
        if (chosen == before).all():
            break
    return chosen


def _refined(cost: NDArray[np.float64], xy: Places, model: PairModel, stride: int, weight: float) -> Places:
    """Each landmark's best cell, the others where they are; those that fit nobody hardly count."""
    gap = xy[:, None] - xy[None] - model.offsets
    far = 0.5 * np.einsum("ija,ijab,ijb->ij", gap, model.precisions, gap)
    trusted = 1 / (1 + np.median(far, axis=1))  # (p,)
    share = np.where(np.eye(len(xy), dtype=bool), 0.0, trusted[None])
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    pull = share[:, :, None, None] * model.precisions  # (p, p, 2, 2)
    matrix = pull.sum(axis=1)
    vector = np.einsum("ijab,ijb->ia", pull, xy[None] + model.offsets)
    x = (np.arange(cost.shape[2]) + 0.5) * stride
    y = (np.arange(cost.shape[1]) + 0.5) * stride
    quadratic = (
        0.5 * matrix[:, 0, 0, None, None] * x[None, None] ** 2
        + matrix[:, 0, 1, None, None] * x[None, None] * y[None, :, None]
        + 0.5 * matrix[:, 1, 1, None, None] * y[None, :, None] ** 2
        - vector[:, 0, None, None] * x[None, None]
        - vector[:, 1, None, None] * y[None, :, None]
    )
    best = (cost + weight * quadratic).reshape(len(cost), -1).argmin(axis=1)
    rows, columns = np.divmod(best, cost.shape[2])
    return np.stack([x[columns], y[rows]], axis=1)
