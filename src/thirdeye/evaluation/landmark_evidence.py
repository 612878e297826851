"""From the points of single cases to the evidence of a study of landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, percentile_interval, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.landmarks import TOLERANCES_MM, TOLERANCES_PCT, point_metrics
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.point_case import PointCase

Array = NDArray[np.float64]
NO_REFERENCE = "no reference"
_STEPS = 40
_MIXED = (
    "{known} of {n} images state the size of their pixels, the others do not: all distances are in pixels. "
    "State it for every image to have millimetres."
)


def landmark_evidence(
    cases: Sequence[PointCase],
    *,
    names: Sequence[str],
    patients_known: bool,
    excluded: Mapping[str, int] | None = None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """One entry of "sets" in evaluation.json of a study of landmarks.

    Distances are in mm where every image states the size of its pixels. Else they are in pixels of the images
    as stored, and success rates at per cents of the longer side of each image, so that small and large images
    count alike.

    Args:
        cases: one or more.
        names: of the landmarks, in the order of the points.
        patients_known: whether `PointCase.patient` says who belongs together.
        excluded: reason to number of images left out before.
        level, n_resamples, seed: of the intervals.

    Raises:
        DataRefused: no case.
    """
    if not cases:
        raise DataRefused("no case has points to measure; give at least one image with a reference")
    groups = check_clusters(np.array([c.patient for c in cases]) if patients_known else None, len(cases))
    unit = length_unit(cases)
    metrics = _metrics(cases, names, groups, unit, level)
    left_out = dict(excluded or {})
    return {
        "unit": "image",
        "length_unit": unit,
        "n": len(cases),
        "n_patients": groups.count if patients_known else None,
        "n_excluded": left_out,
        "n_by_class": {name: int(n) for name, n in zip(names, _there(cases).sum(axis=0), strict=True)},
        "metrics": [metric.as_json() for metric in metrics],
        "sdr_curve": sdr_curve(cases, groups=groups, level=level, n_resamples=n_resamples, seed=seed),
        "cases": [_case_json(case, names, unit) for case in cases],
        "comparisons": [],
        "warnings": _warnings(cases, unit),
    }


def length_unit(cases: Sequence[PointCase]) -> str:
    """ "mm" where every case has a spacing, else "px"."""
    return "mm" if cases and all(case.mm_per_px for case in cases) else "px"


def relative_unit(unit: str) -> str:
    """The unit in which success is counted: "mm", or "pct" of the longer side where lengths are in pixels."""
    return "mm" if unit == "mm" else "pct"


def _metrics(
    cases: Sequence[PointCase], names: Sequence[str], groups: Clusters, unit: str, level: float
) -> list[Metric]:
    """Over all points, then of each landmark."""
    there, missing = _there(cases), np.array([case.missing for case in cases])
    tables = {one: np.array([case.distances(one) for case in cases]) for one in ("mm", "px", "pct")}
    codes = np.repeat(groups.codes[:, None], len(names), axis=1)
    found: list[Metric] = []
    for columns, name in [(slice(None), None), *((slice(i, i + 1), name) for i, name in enumerate(names))]:
        known = there[:, columns]
        if not known.any():
            continue
        lost = {NO_REFERENCE: int((~known).sum())} if not known.all() else {}
        counted = {"n_missing": int(missing[:, columns].sum())}
        for one in (unit, "pct") if unit == "px" else (unit,):
            tolerances = TOLERANCES_MM if one == "mm" else TOLERANCES_PCT if one == "pct" else ()
            own = point_metrics(
                tables[one][:, columns][known], clusters=codes[:, columns][known], tolerances=tolerances,
                unit=one, level=level,
            )  # fmt: skip
            found += [
                metric.with_(
                    class_name=name, n_excluded=lost | dict(metric.n_excluded),
                    details={**metric.details, **counted},
                )
                for metric in own
            ]  # fmt: skip
    return found


def _there(cases: Sequence[PointCase]) -> NDArray[np.bool_]:
    return np.array([case.there for case in cases])


def sdr_curve(
    cases: Sequence[PointCase],
    *,
    groups: Clusters,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
    furthest: float | None = None,
) -> dict[str, Any]:
    """Share of points within each distance, with a pointwise band from resampled patients.

    Args:
        cases, groups: and who belongs together.
        level, n_resamples, seed: of the band.
        furthest: largest distance; None: twice the largest tolerance, or more where many lie beyond.

    Returns:
        ``unit``, and ``distance``, ``share``, ``low`` and ``high`` of equal length.
    """
    unit = relative_unit(length_unit(cases))
    table = np.array([case.distances(unit) for case in cases])
    there = _there(cases)
    reach = furthest or _reach(table[there & np.isfinite(table)], unit)
    steps = np.linspace(0, reach, _STEPS + 1)
    within = np.stack([(there & (table <= step)).sum(axis=1) for step in steps], axis=1)
    sums = np.zeros((groups.count, steps.size + 1))
    np.add.at(sums, groups.codes, np.column_stack([within, there.sum(axis=1)]))

    def shares(weights: Weights) -> Array:
        totals = weights.astype(np.float64) @ sums
        whole = totals[:, -1:]
        return np.divide(totals[:, :-1], whole, out=np.full(totals[:, :-1].shape, np.nan), where=whole > 0)

    values = shares(np.ones((1, groups.count), np.float32))[0]
    draws = resample([shares], groups.count, n_resamples=min(n_resamples, 1000), seed=seed)[0]
    draws = draws[~np.isnan(draws).any(axis=1)]
    curve: dict[str, Any] = {"unit": unit, "distance": _rounded(steps), "share": _rounded(values)}
    if groups.count > 1 and len(draws):
        band = [percentile_interval(draws[:, column], level=level) for column in range(steps.size)]
        curve |= {"low": _rounded([low for low, _ in band]), "high": _rounded([high for _, high in band])}
    return curve


def _reach(distances: Array, unit: str) -> float:
    """Distances to show: those of nine in ten points, but no less than the tolerances."""
    largest = max(TOLERANCES_MM if unit == "mm" else TOLERANCES_PCT)
    if not distances.size:
        return 2 * largest
    return float(np.clip(np.percentile(distances, 95), 1.25 * largest, 10 * largest))


def _case_json(case: PointCase, names: Sequence[str], unit: str) -> dict[str, Any]:
    distances = case.distances(unit)
    known = np.isfinite(distances)
    worst = int(np.nanargmax(distances)) if known.any() else None
    return {
        "case": case.case,
        "patient": case.patient or None,
        "n_points": int(case.there.sum()),
        "n_missing": int(case.missing.sum()),
        "mean_distance": float(distances[known].mean()) if known.any() else None,
        "largest_distance": None if worst is None else float(distances[worst]),
        "worst_point": None if worst is None else names[worst],
    }


def _warnings(cases: Sequence[PointCase], unit: str) -> list[str]:
    known = sum(case.mm_per_px is not None for case in cases)
    said = [_MIXED.format(known=known, n=len(cases))] if unit == "px" and known else []
    lost = sum(int(case.missing.sum()) for case in cases)
    absent = sum(int((~case.there).sum()) for case in cases)
    if lost:
        said.append(
            f"Points not found: {lost:,}. They count as failures in the success rates and are left out of "
            "the mean distance."
        )
    if absent:
        said.append(f"Points without a reference in these images: {absent:,}. They are left out everywhere.")
    return said


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values]
