"""Shapes made of landmarks, laid over each other: translation, rotation and scale don't count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_ROUNDS = 5


@dataclass(frozen=True)
class Shapes:
    """Complete shapes of a set, aligned to their median (generalised Procrustes, Gower 1975, with medians).

    Args:
        images: (n,) references.
        names: (p,) landmarks, in the order in which the data name them.
        aligned: (n, p, 2), in units of the size of the median shape (root mean square distance from its
            centre).
        median: (p, 2).
        mirrored: (n,) how well a mirrored shape fits: its mean distance over that of the shape as it is.
    """

    images: tuple[str, ...]
    names: tuple[str, ...]
    aligned: NDArray[np.float64]
    median: NDArray[np.float64]
    mirrored: NDArray[np.float64]

    @property
    def distances(self) -> NDArray[np.float64]:
        """(n, p) of each landmark from its median place."""
        return np.asarray(np.linalg.norm(self.aligned - self.median, axis=2))


def shapes_of(points: pd.DataFrame) -> Shapes:
    """Shapes of the images that have every landmark once.

    Args:
        points: ``image``, ``name``, ``x``, ``y``.
    """
    names = tuple(dict.fromkeys(points["name"]))
    once = points[~points.duplicated(["image", "name"], keep=False)]
    wide = once.pivot(index="image", columns="name", values=["x", "y"]).dropna()
    xy = np.stack([wide[axis].reindex(columns=list(names)).to_numpy() for axis in ("x", "y")], axis=2)
    xy = xy[np.isfinite(xy).all(axis=(1, 2))]
    images = tuple(str(image) for image in wide.index)[: len(xy)]
    centred = xy - np.median(xy, axis=1, keepdims=True)
    aligned = centred / np.maximum(_size(centred), 1e-12)[:, None, None]
    median = np.median(aligned, axis=0)
    for _ in range(_ROUNDS):
        aligned = np.stack([_laid_over(shape, median) for shape in aligned])
        median = np.median(aligned, axis=0)
        median /= max(float(_size(median[None])[0]), 1e-12)
    flipped = np.stack([_laid_over(shape * [-1, 1], median) for shape in aligned])
    own, other = (np.linalg.norm(s - median, axis=2).mean(axis=1) for s in (aligned, flipped))
    return Shapes(images, names, aligned, median, other / np.maximum(own, 1e-12))


def misfit(shape: NDArray[np.float64], median: NDArray[np.float64]) -> float:
    """Mean distance of a shape, laid over the median as well as it goes."""
    return float(np.linalg.norm(_laid_over(shape, median) - median, axis=1).mean())


def _size(shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt((shapes**2).sum(axis=2).mean(axis=1)))


def _laid_over(shape: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares similarity onto the target, without mirroring (Kabsch 1976, Umeyama 1991)."""
    own, other = shape - shape.mean(axis=0), target - target.mean(axis=0)
    u, singular, vt = np.linalg.svd(own.T @ other)
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    turn = (u * sign) @ vt
    scale = float((singular * sign).sum()) / max(float((own**2).sum()), 1e-12)
    return np.asarray(own @ turn * scale + target.mean(axis=0))
