"""Masks of several cases: overlap and distances as metrics, with empty masks counted and not hidden.

Where both masks are empty there is nothing to overlap: the case is left out and counted, and whether the
empty image was left empty is a measure of its own. Where one is empty the overlap is 0, and the distance is
the worst that the image allows, fixed before anything was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import check_level, two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.overlap import Overlap, overlap
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.surface_distance import SurfaceDistances, surface_distances, worst_distance

Array = NDArray[np.float64]
_EMPTY = "both masks empty"
_SHARES = ("dice", "iou")
_WORST = "border voxels by their centres, mm; a mask missed or invented counts with the diagonal of the image"


@dataclass(frozen=True)
class _Case:
    """What one pair of masks gives: overlap, distances (None where one is empty), the worst distance."""

    shared: Overlap
    away: SurfaceDistances | None
    worst: float


def mask_metrics(
    references: Sequence[Any], predictions: Sequence[Any], *, spacing: Any = None, tolerance_mm: float = 1.0,
    clusters: Any = None, level: float = 0.95,
) -> list[Metric]:  # fmt: skip
    """Dice, IoU, NSD, HD95, Hausdorff distance, ASSD and MASD as means over cases; images rightly left empty.

    Args:
        references, predictions: one mask per case, arrays of 0 and 1; cases may differ in shape.
        spacing: distance of neighbours along each axis in mm, the same for all cases; None counts pixels.
        tolerance_mm: of the NSD, 0 or more.
        clusters: patient of each case; None where cases are independent.
        level: confidence level.

    Returns:
        Metrics with the convention in the name; intervals are normal, over patients.

    Raises:
        UsageError: no case, unequal numbers of masks, or shapes that do not fit.
        DataRefused: other values than 0 and 1.
    """
    check_level(level)
    if not all(isinstance(part, Sequence | np.ndarray) for part in (references, predictions)):
        raise UsageError("expected a list of masks, one for each case, as references and as predictions")
    if len(references) != len(predictions) or not len(references):
        raise UsageError(
            f"expected as many predictions as references, got {len(predictions)} of {len(references)}"
        )
    if not tolerance_mm >= 0:
        raise UsageError(f"a tolerance is 0 mm or more, got {tolerance_mm}")
    groups = check_clusters(clusters, len(references))
    cases = [_case(*pair, spacing) for pair in zip(references, predictions, strict=True)]
    told = np.array([case.shared.reference + case.shared.predicted > 0 for case in cases])
    found = [
        _mean(name, values[told], groups.of(told), told, level)
        for name, values in _columns(cases, tolerance_mm)
    ]
    return [*found, _left_empty(cases, groups, level)]


def _case(reference: Any, predicted: Any, spacing: Any) -> _Case:
    shared = overlap(reference, predicted, spacing=spacing)
    away = surface_distances(reference, predicted, spacing=spacing)
    return _Case(shared, away, worst_distance(np.shape(reference), spacing))


def _columns(cases: Sequence[_Case], tolerance_mm: float) -> list[tuple[str, Array]]:
    """Name and value in each case; NaN stands where both masks are empty."""

    def column(share: Any, distance: Any, empty: Any) -> Array:
        values = [share(c) if distance is None else distance(c.away) if c.away else empty(c) for c in cases]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def nothing(case: _Case) -> float:
        return 0.0

    def worst(case: _Case) -> float:
        return case.worst

    return [
        ("dice", column(lambda case: case.shared.dice, None, nothing)),
        ("iou", column(lambda case: case.shared.iou, None, nothing)),
        (f"nsd_{tolerance_mm:g}mm", column(None, lambda away: away.nsd(tolerance_mm), nothing)),
        ("hd95_max_of_directed_mm", column(None, lambda away: away.hd95_max_of_directed, worst)),
        ("hausdorff_mm", column(None, lambda away: away.hausdorff, worst)),
        ("assd_pooled_mm", column(None, lambda away: away.assd_pooled, worst)),
        ("masd_mean_of_directed_mm", column(None, lambda away: away.masd_mean_of_directed, worst)),
    ]


def _mean(name: str, values: Array, groups: Clusters, told: NDArray[np.bool_], level: float) -> Metric:
    left = int((~told).sum())
    share = name in _SHARES or name.startswith("nsd")
    fields: dict[str, Any] = {
        "n": values.size, "n_units": told.size, "n_clusters": groups.count, "level": level,
        "n_excluded": {_EMPTY: left} if left else {},
        "convention": "mean over cases; 0 where one mask is empty" if share else f"mean over cases; {_WORST}",
    }  # fmt: skip
    if not values.size:
        return undefined(name, "both masks of every case are empty", **fields)
    mean = clustered_mean(values, groups)
    details = {"median": float(np.median(values))}
    if not mean.standard_error:
        reason = "the cases do not differ: no interval" if groups.count > 1 else "one patient: no interval"
        status: Any = "degenerate" if groups.count > 1 else "unstable"
        return Metric(name=name, value=mean.value, status=status, reason=reason, details=details, **fields)
    if groups.count < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {groups.count} patients"}
    half = two_sided_z(level) * mean.standard_error
    high = mean.value + half
    return Metric(
        name=name, value=mean.value, ci_low=max(0.0, mean.value - half),
        ci_high=min(1.0, high) if share else high,
        ci_method="clustered_ratio_estimator" if groups.repeated else "normal", details=details, **fields,
    )  # fmt: skip


def _left_empty(cases: Sequence[_Case], groups: Clusters, level: float) -> Metric:
    """Specificity of images: those with an empty reference that were left empty."""
    healthy = np.array([case.shared.reference == 0 for case in cases])
    right = np.array([case.shared.predicted == 0 for case in cases])[healthy]
    inside = groups.of(healthy) if healthy.any() else None
    return proportion(
        right, name="image_specificity", clusters=inside, level=level, empty="no reference is empty",
        convention="images with an empty reference whose prediction is empty",
    )  # fmt: skip
