"""Points found against points that are there: distances and success rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import LARGEST, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.overlap import check_spacing
from thirdeye.evaluation.proportion import proportion

Array = NDArray[np.float64]
TOLERANCES_MM = (2.0, 2.5, 3.0, 4.0)


def landmark_distances(reference: Any, predicted: Any, *, spacing: Any = None) -> Array:
    """Euclidean distances in mm.

    Args:
        reference: (c, k, d) coordinates of k points in c cases, in pixels or voxels, finite.
        predicted: the same, NaN where a point was not found.
        spacing: (d,) or (c, d) mm per pixel along each coordinate; None counts pixels.

    Returns:
        (c, k); NaN where a point was not found.

    Raises:
        UsageError: shapes that do not fit.
        DataRefused: a reference that is not finite.
    """
    truth, found = check_numbers("reference", reference), check_numbers("predicted", predicted)
    if truth.ndim != 3 or truth.shape != found.shape:
        raise UsageError(f"expected two arrays (cases, points, axes), got {truth.shape} and {found.shape}")
    if np.isinf(found).any() or (np.abs(found) > LARGEST).any() or (np.abs(truth) > LARGEST).any():
        raise DataRefused(f"a coordinate lies beyond {LARGEST:g}; a point that was not found is NaN")
    if not np.isfinite(truth).all():
        case, point, _ = np.argwhere(~np.isfinite(truth))[0]
        raise DataRefused(f"the reference of point {point} in case {case} is not finite")
    if spacing is not None and np.ndim(spacing) == 2:
        size = np.array([check_spacing(row, truth.shape[2]) for row in spacing])[:, None, :]
    else:
        size = check_spacing(spacing, truth.shape[2])
    distances: Array = np.linalg.norm((found - truth) * size, axis=2)
    return distances


def landmark_metrics(
    distances: Any, *, tolerances_mm: Sequence[float] = TOLERANCES_MM, level: float = 0.95
) -> list[Metric]:
    """Mean radial error of the points that were found, and success detection rates over all points.

    Args:
        distances: (c, k) mm, NaN where a point was not found. Cases are the clusters.
        tolerances_mm: for the success rates ("sdr_2mm").
        level: confidence level.
    """
    table = _checked(distances)
    cases = np.repeat(np.arange(len(table)), table.shape[1])
    missing = int(np.isnan(table).sum())
    found = [_mean_radial_error(table, missing, level)]
    for tolerance in tolerances_mm:
        rate = proportion(
            (table <= tolerance).ravel().astype(int), name=f"sdr_{tolerance:g}mm", clusters=cases, level=level
        )
        found.append(
            rate.with_(convention=f"within {tolerance:g} mm; a point that was not found is a failure")
        )
    return found


def _checked(distances: Any) -> Array:
    """(c, k), none negative or infinite."""
    table = np.atleast_2d(check_numbers("distances", distances))
    if table.ndim != 2:
        raise UsageError(f"distances: expected cases x points, got an array of {table.shape}")
    wrong = table[~np.isnan(table) & ~((table >= 0) & (table <= LARGEST))]
    if wrong.size:
        raise DataRefused(f"distances: {wrong[0]} mm cannot be; a point that was not found is NaN")
    return table


def _mean_radial_error(table: Array, missing: int, level: float) -> Metric:
    known = ~np.isnan(table)
    n = int(known.sum())
    fields: dict[str, Any] = {
        "name": "mre_mm", "n": n, "n_units": table.size, "n_clusters": int(known.any(axis=1).sum()),
        "level": level, "n_excluded": {"not found": missing} if missing else {},
        "convention": "mean distance of the points that were found",
    }  # fmt: skip
    if not n:
        return undefined(reason="no point was found", **fields)
    values = table[known]
    value = float(values.mean())
    details = {"median": float(np.median(values)), "sd": float(values.std(ddof=1)) if n > 1 else None}
    clusters = int(fields["n_clusters"])
    if clusters < 2:
        return Metric(
            value=value, status="unstable", reason="one case: no interval", details=details, **fields
        )
    gaps = np.where(known, table - value, 0).sum(axis=1)
    error = float(np.sqrt(clusters / (clusters - 1) * (gaps**2).sum()) / n)
    half = two_sided_z(level) * error
    if clusters < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {clusters} cases"}
    return Metric(
        value=value, ci_low=max(0.0, value - half), ci_high=value + half, ci_method="cluster_ratio",
        details=details, **fields,
    )  # fmt: skip
