"""Points found against points that are there: distances and success rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import check_level, two_sided_z
from thirdeye.evaluation.inputs import LARGEST, Clusters, check_clusters, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.overlap import check_spacing
from thirdeye.evaluation.proportion import proportion

Array = NDArray[np.float64]
TOLERANCES_MM = (2.0, 2.5, 3.0, 4.0)
TOLERANCES_PCT = (0.5, 1.0, 2.0, 4.0)
UNITS = {"mm": "mm", "px": "pixels of the image as stored", "pct": "per cent of the longer side of the image"}


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
    return point_metrics(table.ravel(), clusters=cases, tolerances=tolerances_mm, level=level)


def point_metrics(
    distances: Any,
    *,
    clusters: Any = None,
    tolerances: Sequence[float] = TOLERANCES_MM,
    unit: str = "mm",
    level: float = 0.95,
) -> list[Metric]:
    """The same of points in a row, whoever they belong to.

    Args:
        distances: (m,) in `unit`, NaN where a point was not found.
        clusters: (m,) patient of each; None: each on its own.
        tolerances: for the success rates, in `unit`.
        unit: "mm", "px", or "pct": per cent of the longer side of the image.
        level: confidence level.

    Returns:
        ``mre_UNIT``, then ``sdr_TOLERANCEUNIT`` of each tolerance.
    """
    row = _checked(distances)[0]
    groups = check_clusters(clusters, row.size)
    if unit not in UNITS:
        raise UsageError(f"no unit of distances is called '{unit}'; there are {', '.join(UNITS)}")
    found = [_mean_radial_error(row, groups, unit, check_level(level))]
    for tolerance in tolerances:
        rate = proportion(
            (row <= tolerance).astype(int), name=_success(tolerance, unit), clusters=groups, level=level
        )
        within = f"within {tolerance:g} {UNITS[unit]}; a point that was not found is a failure"
        found.append(rate.with_(convention=within))
    return found


def _success(tolerance: float, unit: str) -> str:
    """ "sdr_2_5mm" """
    return f"sdr_{tolerance:g}{unit}".replace(".", "_")


def _checked(distances: Any) -> Array:
    """(c, k), none negative or infinite."""
    table = np.atleast_2d(check_numbers("distances", distances))
    if table.ndim != 2:
        raise UsageError(f"distances: expected cases x points, got an array of {table.shape}")
    wrong = table[~np.isnan(table) & ~((table >= 0) & (table <= LARGEST))]
    if wrong.size:
        raise DataRefused(f"distances: {wrong[0]} mm cannot be; a point that was not found is NaN")
    return table


def _mean_radial_error(row: Array, groups: Clusters, unit: str, level: float) -> Metric:
    known = ~np.isnan(row)
    n, missing = int(known.sum()), int((~known).sum())
    own = groups.of(known) if n else groups
    clusters = own.count if n else 0
    fields: dict[str, Any] = {
        "name": f"mre_{unit}", "n": n, "n_units": row.size, "n_clusters": clusters,
        "level": level, "n_excluded": {"not found": missing} if missing else {},
        "convention": f"mean distance of the points that were found, in {UNITS[unit]}",
    }  # fmt: skip
    if not n:
        return undefined(reason="no point was found", **fields)
    values = row[known]
    mean = clustered_mean(values, own)
    details = _spread(values)
    if mean.standard_error is None:
        return Metric(
            value=mean.value, status="unstable", reason="one case: no interval", details=details, **fields
        )
    half = two_sided_z(level) * mean.standard_error
    if clusters < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {clusters} cases"}
    return Metric(
        value=mean.value, ci_low=max(0.0, mean.value - half), ci_high=mean.value + half,
        ci_method="cluster_ratio", details=details, **fields,
    )  # fmt: skip


def _spread(values: Array) -> dict[str, float | int | str | None]:
    return {
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "largest": float(values.max()),
        "sd": float(values.std(ddof=1)) if values.size > 1 else None,
    }
