"""Points straight from a description of the whole image, by ridge regression: what a network has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused

Array = NDArray[np.float64]
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
FOLDS = 5


@dataclass(frozen=True)
class PointRegression:
    """A fitted regression.

    Args:
        features: name of the description that did best on held-out development images.
        strength: of the ridge penalty, relative to the mean of the kernel's diagonal.
        centre, scale: (D,) of the description.
        rows: (n, D) development images, scaled.
        weights: (n, 2 p) dual weights.
        mean: (2 p,) mean places.
    """

    features: str
    strength: float
    centre: Array
    scale: float
    rows: Array
    weights: Array
    mean: Array

    def predict(self, described: Any) -> Array:
        """(m, p, 2) shares of width and height from (m, D) of the same description."""
        rows = (np.asarray(described, np.float64) - self.centre) / self.scale
        return np.asarray(rows @ self.rows.T @ self.weights + self.mean).reshape(len(rows), -1, 2)


def fit_regression(
    described: Mapping[str, Any], places: Any, *, groups: Any, seed: int = 0
) -> tuple[PointRegression, float]:
    """Choose description and penalty on held-out groups, then fit on all.

    Args:
        described: name to (n, D) descriptions of the development images.
        places: (n, p, 2) shares of width and height; NaN where missing (the landmark's mean stands in).
        groups: (n,) what stays together when images are held out.
        seed: of the folds.

    Returns:
        The regression, and its mean held-out distance in shares.

    Raises:
        DataRefused: fewer than two groups.
    """
    shapes = np.asarray(places, np.float64)
    known = np.isfinite(shapes)
    mean = np.divide(np.where(known, shapes, 0).sum(axis=0), np.maximum(known.sum(axis=0), 1))
    targets = np.where(known, shapes, mean).reshape(len(shapes), -1)
    folds = _folds(np.asarray(groups), seed)
    best: tuple[float, str, float] | None = None
    for name, values in described.items():
        rows, _, _ = _scaled(np.asarray(values, np.float64))
        kernel = rows @ rows.T
        for strength, error in _held_out(kernel, targets, np.asarray(known.all(axis=2)), folds):
            if best is None or error < best[0]:
                best = (error, name, strength)
    if best is None:
        raise DataRefused("a regression of points needs a description of the images")
    error, name, strength = best
    rows, centre, scale = _scaled(np.asarray(described[name], np.float64))
    offset = targets.mean(axis=0)
    weights = _solved(rows @ rows.T, targets - offset, strength)
    return PointRegression(name, strength, centre, scale, rows, weights, offset), error


def mean_shape(places: Any) -> Array:
    """(p, 2) mean place of each landmark in shares of width and height; NaN of one that is nowhere."""
    shapes = np.asarray(places, np.float64)
    known = np.isfinite(shapes)
    counts = known.sum(axis=0)
    sums = np.where(known, shapes, 0).sum(axis=0)
    return np.asarray(np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0))


def _scaled(values: Array) -> tuple[Array, Array, float]:
    """Centred, so scaled that a row has unit length on average."""
    centre = values.mean(axis=0)
    rows = values - centre
    scale = max(float(np.sqrt((rows**2).sum(axis=1).mean())), 1e-9)
    return rows / scale, centre, scale


def _folds(groups: NDArray[Any], seed: int) -> NDArray[np.int64]:
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    if names.size < 2:
        raise DataRefused("a regression of points needs images of two patients or more")
    order = np.random.default_rng(seed).permutation(names.size)
    return np.asarray(order[codes] % min(FOLDS, names.size), np.int64)


def _held_out(
    kernel: Array, targets: Array, known: NDArray[np.bool_], folds: NDArray[np.int64]
) -> list[tuple[float, float]]:
    """Strength and mean distance of held-out places."""
    found = []
    for strength in STRENGTHS:
        total = 0.0
        for fold in range(int(folds.max()) + 1):
            out, kept = folds == fold, folds != fold
            mean = targets[kept].mean(axis=0)
            own, across = _centred(kernel[np.ix_(kept, kept)], kernel[np.ix_(out, kept)])
            weights = _solved(own, targets[kept] - mean, strength)
            gaps = (across @ weights + mean - targets[out]).reshape(out.sum(), -1, 2)
            total += float(np.linalg.norm(gaps, axis=2)[known[out]].sum())
        found.append((strength, total / max(int(known.sum()), 1)))
    return found


def _centred(own: Array, across: Array) -> tuple[Array, Array]:
    """Kernels (k, k) and (o, k) of rows whose origin is the mean of the k."""
    columns, total = own.mean(axis=0), own.mean()
    return (
        own - columns - columns[:, None] + total,
        across - across.mean(axis=1, keepdims=True) - columns + total,
    )


def _solved(kernel: Array, targets: Array, strength: float) -> Array:
    n = len(kernel)
    return np.asarray(
        np.linalg.solve(kernel + strength * max(float(np.trace(kernel)) / n, 1e-9) * np.eye(n), targets)
    )
