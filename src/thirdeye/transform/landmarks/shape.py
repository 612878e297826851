"""A model of how landmarks lie together: principal components of shapes laid over each other.

Source: Cootes, Taylor, Cooper and Graham, "Active shape models", CVIU 61, 1995. A shape is fitted to points
of different certainty by ridge regression: what the training shapes hardly ever do costs much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
Weights = NDArray[np.float64]

VARIANCE_KEPT = 0.98
MOST_MODES = 20
LEAST_SHAPES = 10
ROUNDS = 6
FAR = 2.5  # standard deviations of the rest beyond which a point counts less (Cauchy weights)


@dataclass(frozen=True)
class ShapeModel:
    """Mean and modes of shapes of size 1 (root mean square distance from the centre).

    Args:
        mean: (p, 2).
        modes: (m, p, 2), orthonormal.
        variances: (m,) along each mode.
        rest: variance of a coordinate that the modes leave over.
    """

    mean: Places
    modes: NDArray[np.float64]
    variances: NDArray[np.float64]
    rest: float

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "mean": self.mean.round(6).tolist(),
            "modes": self.modes.round(6).tolist(),
            "variances": [float(f"{one:.6g}") for one in self.variances],
            "rest": self.rest,
        }

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> ShapeModel:
        """What `as_json` wrote.

        Raises:
            ValueError, KeyError: it is damaged.
        """
        mean = np.asarray(form["mean"], float)
        variances = np.asarray(form["variances"], float)
        modes = np.asarray(form["modes"], float).reshape(len(variances), *mean.shape)
        return cls(mean, modes, variances, float(form["rest"]))

    def fitted(self, xy: Places, certainty: Weights) -> Places:
        """The likeliest shape behind some points.

        Args:
            xy: (p, 2); NaN where a point was not found.
            certainty: (p,) 0 to 1; points of none are filled in.

        Returns:
            (p, 2) of the model's shape, laid over the points; `xy` itself where fewer than three points have
            any weight.
        """
        there = np.isfinite(xy).all(axis=1) & (certainty > 0)
        if there.sum() < min(3, len(xy)):
            return xy
        known, weights = np.where(there[:, None], xy, 0.0), np.where(there, certainty, 0.0)
        own, shape = weights, self.mean
        for _ in range(ROUNDS):
            lay = _similarity(shape, known, own)
            moved = _undo(lay, known)
            shape = self._nearest(moved, own)
            gap = np.linalg.norm(moved - shape, axis=1) / np.sqrt(2 * self.rest)
            own = weights / (1 + (gap / FAR) ** 2)
        return _apply(_similarity(shape, known, own), shape)

    def _nearest(self, points: Places, weights: Weights) -> Places:
        """Ridge regression of the modes' amounts."""
        if not len(self.modes):
            return self.mean
        basis = self.modes.reshape(len(self.modes), -1)  # (m, 2p)
        each = np.repeat(weights, 2) / self.rest
        left = (basis * each) @ basis.T + np.diag(1 / self.variances)
        amounts = np.linalg.solve(left, (basis * each) @ (points - self.mean).ravel())
        return np.asarray(self.mean + np.tensordot(amounts, self.modes, axes=1))


def shape_model(shapes: Places) -> ShapeModel | None:
    """Learn a model from complete shapes; None where there are fewer than `LEAST_SHAPES`.

    Args:
        shapes: (n, p, 2); those with a NaN are left out.
    """
    complete = shapes[np.isfinite(shapes).all(axis=(1, 2))]
    if len(complete) < LEAST_SHAPES or shapes.shape[1] < 3:
        return None
    ones = np.ones(shapes.shape[1])
    mean = _sized(complete[0])
    for _ in range(ROUNDS):
        aligned = np.stack([_apply(_similarity(shape, mean, ones), shape) for shape in complete])
        mean = _sized(aligned.mean(axis=0))
    deviations = (aligned - mean).reshape(len(aligned), -1)
    _, singular, vt = np.linalg.svd(deviations - deviations.mean(axis=0), full_matrices=False)
    variances = singular**2 / (len(aligned) - 1)
    share = np.cumsum(variances) / max(float(variances.sum()), 1e-12)
    count = min(MOST_MODES, int(np.searchsorted(share, VARIANCE_KEPT)) + 1, len(aligned) // 2)
    rest = max(float(variances[count:].sum()) / deviations.shape[1], 1e-6)
    kept = variances[:count] > 1e-9
    modes = vt[:count][kept].reshape(-1, *mean.shape)
    return ShapeModel(mean, modes, variances[:count][kept], rest)


def completed(model: ShapeModel, xy: Places, certainty: Weights, below: float) -> Places:
    """Points of less certainty than `below`, and those not found, taken from the fitted shape."""
    shape = model.fitted(xy, certainty)
    doubtful = (certainty < below) | ~np.isfinite(xy).all(axis=1)
    return np.where(doubtful[:, None], shape, xy)


def settled(model: ShapeModel, xy: Places, certainty: Weights, tolerance: float) -> Places:
    """Points drawn towards the fitted shape, the more so the farther from it they lie.

    A point at `gap` keeps the share 1 / (1 + (gap / reach)^2) of its own place; the rest is the shape's.

    Args:
        model: of training shapes.
        xy: (p, 2) in pixels; NaN where a point was not found.
        certainty: (p,) 0 to 1.
        tolerance: the reach, in typical distances of a training point from its own fitted shape; above 0.
    """
    shape = model.fitted(xy, certainty)
    if shape is xy:
        return xy
    reach = tolerance * np.sqrt(2 * model.rest) * float(np.sqrt(_spread(shape) / _spread(model.mean)))
    own = 1 / (1 + (np.linalg.norm(xy - shape, axis=1) / max(reach, 1e-9)) ** 2)
    there = np.isfinite(xy).all(axis=1, keepdims=True)
    return np.where(there, shape + own[:, None] * (xy - shape), shape)


Similarity = tuple[NDArray[np.float64], NDArray[np.float64]]


def _spread(shape: Places) -> float:
    """Mean squared distance from the centre."""
    return float(((shape - shape.mean(axis=0)) ** 2).sum(axis=1).mean())


def _similarity(source: Places, target: Places, weights: Weights) -> Similarity:
    """Least-squares turn, scale and shift without mirroring (Umeyama 1991): (2, 2) matrix and (2,) shift."""
    total = max(float(weights.sum()), 1e-12)
    from_, to = weights @ source / total, weights @ target / total
    own, other = source - from_, target - to
    u, singular, vt = np.linalg.svd((own * weights[:, None]).T @ other)
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    matrix = (u * sign) @ vt * float((singular * sign).sum())
    matrix = matrix / max(float((weights[:, None] * own**2).sum()), 1e-12)
    return matrix, to - from_ @ matrix


def _apply(lay: Similarity, points: Places) -> Places:
    return np.asarray(points @ lay[0] + lay[1])


def _undo(lay: Similarity, points: Places) -> Places:
    return np.asarray((points - lay[1]) @ np.linalg.pinv(lay[0]))


def _sized(shape: Places) -> Places:
    """Centred, of size 1."""
    own = shape - shape.mean(axis=0)
    return np.asarray(own / max(float(np.sqrt((own**2).sum(axis=1).mean())), 1e-12))
