"""The inverse power law of learning, fitted within its bounds: error = floor + scale * n ** -rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Array = NDArray[np.float64]

RATES = np.geomspace(0.05, 2.0, 60)  # the rates among which the fit chooses


@dataclass(frozen=True)
class PowerLaws:
    """One law or many, each `floor + scale * (n / at) ** -rate`.

    Args:
        floor: (B,) error that no number of cases removes.
        scale: (B,) error at `at` cases that more cases remove; 0 or more.
        rate: (B,) how fast; one of `RATES`.
        misfit: (B,) weighted sum of squared residuals.
        at: the number of cases at which `scale` is read.
    """

    floor: Array
    scale: Array
    rate: Array
    misfit: Array
    at: float

    def error(self, n: Any) -> Array:
        """Errors (B, m) at m numbers of cases; never below 0."""
        share = np.asarray(n, dtype=np.float64)[None, :] / self.at
        return np.maximum(self.floor[:, None] + self.scale[:, None] * share ** -self.rate[:, None], 0.0)

    def cases_for(self, error: float) -> Array:
        """(B,) number of cases at which the error falls to `error`; infinite where it never does."""
        room = error - self.floor
        reaches = (self.scale > 0) & (room > 0)
        ratio = np.where(reaches, self.scale / np.where(reaches, room, 1.0), 1.0)
        needed = self.at * ratio ** (1 / self.rate)
        return np.where(reaches, needed, np.where(room >= 0, 0.0, np.inf))


def fit_power_law(n: Any, errors: Any, weights: Any, *, lowest_floor: float = 0.0) -> PowerLaws:
    """Weighted least squares (Mukherjee et al. 2003, J Comput Biol 10; Figueroa et al. 2012, BMC Med Inform
    Decis Mak 12), exact in floor and scale for each of `RATES`, which leaves nothing to a starting value.

    Args:
        n: (S,) numbers of cases, above 0, at least two different ones.
        errors: (S,) or (B, S); each row is fitted on its own.
        weights: (S,) inverse variances, above 0.
        lowest_floor: of the floor: 0 for an error, below 0 for resampled points, which may lie below the law.

    Raises:
        UsageError: shapes that do not fit, or numbers that cannot be sizes and weights.
    """
    sizes, weight = np.asarray(n, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    table = np.atleast_2d(np.asarray(errors, dtype=np.float64)) - lowest_floor
    _check(sizes, table, weight)
    at = float(sizes.max())
    x = (sizes / at) ** -RATES[:, None]  # (C, S)
    floor, scale = _bounded_lines(x, table, weight)
    misfit = np.stack(
        [((table - floor[:, [c]] - scale[:, [c]] * x[c]) ** 2 @ weight) for c in range(len(RATES))], axis=1
    )
    best = misfit.argmin(axis=1)
    rows = np.arange(len(table))
    return PowerLaws(floor[rows, best] + lowest_floor, scale[rows, best], RATES[best], misfit[rows, best], at)


def _bounded_lines(x: Array, y: Array, w: Array) -> tuple[Array, Array]:
    """Intercepts and slopes (B, C), 0 or more, of the rows of y (B, S) on those of x (C, S)."""
    total, first, second = w.sum(), x @ w, (x * x) @ w  # (), (C,), (C,)
    plain, crossed = (y @ w)[:, None], (y * w) @ x.T  # (B, 1), (B, C)
    slope = (total * crossed - first * plain) / (total * second - first**2)
    intercept = (plain - slope * first) / total
    below = intercept < 0
    slope = np.where(below, np.maximum(crossed / second, 0), slope)
    intercept = np.where(below, 0.0, intercept)
    falling = slope < 0
    intercept = np.where(falling, np.maximum(plain / total, 0), intercept)
    return intercept, np.where(falling, 0.0, slope)


def _check(sizes: Array, table: Array, weight: Array) -> None:
    if sizes.ndim != 1 or table.shape[1:] != sizes.shape or weight.shape != sizes.shape:
        raise UsageError(
            f"expected one error and one weight for each of {sizes.size} sizes, got {table.shape} and "
            f"{weight.shape}"
        )
    if not np.isfinite(table).all() or (sizes <= 0).any() or not (weight > 0).all():
        raise UsageError(f"sizes and weights lie above 0 and errors are finite; got {sizes}, {weight}")
    if np.unique(sizes).size < 2:
        raise UsageError(f"a law needs two different numbers of cases, got {sizes}")
