"""Two detectors on the same images: paired differences from the same resamples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, percentile_interval, resample
from thirdeye.evaluation.box_ranking import Column, column_metric, froc_columns, precision_columns
from thirdeye.evaluation.box_set import BoxSet
from thirdeye.evaluation.paired import PairedDifference
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.verdict import verdict

Array = NDArray[np.float64]
METHOD = "bootstrap_percentile_by_cluster"
PRIMARY = "froc_score"


def compare_boxes(
    first: BoxSet, second: BoxSet, *, names: tuple[str, str] = ("network", "traditional technique"),
    level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """An entry of "comparisons": does the first detector beat the second on the same images?

    The verdict rests on `froc_score` over all classes; `ap50` stands beside it, and both of each class.

    Args:
        first, second: the same images and lesions, each with the marks of one detector.
        names: of the two, as the sentence should have them.
        level, n_resamples, seed: of the bootstrap over patients, the same for both.

    Raises:
        UsageError: the sets differ in their images, lesions or classes.
    """
    if not _alike(first, second):
        raise UsageError("two detectors are compared on the same images and lesions; these differ")
    measured = [
        one
        for columns in (froc_columns, precision_columns)
        for one in _measured(columns(first), columns(second), first, second, level, n_resamples, seed)
        if one.first.name in (PRIMARY, "ap50")
    ]
    measured.sort(key=lambda one: (one.first.class_name is not None, one.first.name != PRIMARY))
    return {
        "name": f"{names[0]} against {names[1]}",
        "first": names[0],
        "second": names[1],
        "n": len(first.matches.cases),
        "n_clusters": first.groups.count,
        "level": level,
        "primary": PRIMARY,
        "measures": [one.as_json() for one in measured],
        **verdict(measured[0], names=names, level=level),
    }


def _alike(first: BoxSet, second: BoxSet) -> bool:
    one, other = first.matches, second.matches
    return (
        (first.classes, one.cases) == (second.classes, other.cases)
        and np.array_equal(one.lesion_box, other.lesion_box)
        and np.array_equal(one.lesion_class, other.lesion_class)
        and np.array_equal(first.groups.codes, second.groups.codes)
    )


def _measured(
    one: tuple[list[Column], Statistic], other: tuple[list[Column], Statistic], first: BoxSet, second: BoxSet,
    level: float, n_resamples: int, seed: int,
) -> list[Measured]:  # fmt: skip
    (columns, here), (_, there) = one, other
    whole = np.ones((1, first.groups.count), np.float32)
    values = here(whole)[0], there(whole)[0]
    draws = resample([here, there], first.groups.count, n_resamples=n_resamples, seed=seed)
    found = []
    for at, column in enumerate(columns):
        sides = [
            column_metric(column, float(value[at]), drawn[:, at], boxes, level=level)
            for value, drawn, boxes in zip(values, draws, (first, second), strict=True)
        ]
        gaps = draws[0][:, at] - draws[1][:, at]
        gap = _difference(float(values[0][at]), float(values[1][at]), gaps, first, level)
        found.append(Measured(sides[0], sides[1], gap if sides[0].value is not None else None))
    return found


def _difference(first: float, second: float, gaps: Array, boxes: BoxSet, level: float) -> PairedDifference:
    """With a percentile interval, and a p value by turning it around."""
    usable = gaps[~np.isnan(gaps)]
    plain: dict[str, Any] = {
        "first": first, "second": second, "difference": first - second, "n": len(boxes.matches.cases),
        "n_clusters": boxes.groups.count,
    }  # fmt: skip
    if boxes.groups.count < 2 or usable.size < gaps.size / 2:
        return PairedDifference(**plain)
    low, high = percentile_interval(usable, level=level)
    if low == high:
        return PairedDifference(**plain)
    beyond = min(int((usable <= 0).sum()), int((usable >= 0).sum()))
    p = min(1.0, 2 * (beyond + 1) / (usable.size + 1))
    return PairedDifference(
        **plain, ci_low=low, ci_high=high, ci_method=METHOD, test=METHOD, p_value=p,
        standard_error=float(usable.std(ddof=1)),
    )  # fmt: skip
