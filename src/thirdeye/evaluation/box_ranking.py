"""How well boxes are ranked, without a threshold: average precision and FROC, on the same resamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, bootstrap_metric, resample
from thirdeye.evaluation.box_set import CONVENTION, BoxSet
from thirdeye.evaluation.detection import area_statistic
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.froc import NO_LESION, RATES, froc_curve, froc_statistic, score_convention
from thirdeye.evaluation.metric import Metric

Array = NDArray[np.float64]
RATE_NAMES = dict(zip(RATES, ("1_8", "1_4", "1_2", "1", "2", "4", "8"), strict=True))
GRID = tuple(2.0**power for power in np.arange(-4, 4.01, 0.25).tolist())
COCO_RESAMPLES = 500
_AP = "mean of the envelope at 101 recalls (COCO); a further mark on a found lesion is wrong"
_MOST_POINTS = 400


@dataclass(frozen=True)
class Column:
    """One number that is resampled: name, class (None: all), lesions, and how it is computed."""

    name: str
    class_name: str | None
    lesions: int
    convention: str


def ranking_metrics(
    boxes: BoxSet, *, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> list[Metric]:
    """`ap50`, `ap50_95`, `froc_score` and the sensitivity at each rate, of every class and of all together.

    Average precision over all is the mean over the classes that are there; a FROC over all pools their
    marks under one threshold.

    Args:
        boxes: the set.
        level, n_resamples, seed: of the intervals, from resampled patients; COCO's mean over ten overlaps
            takes at most 500 resamples.
    """
    fields: dict[str, Any] = {"level": level, "seed": seed}
    coco = min(n_resamples, COCO_RESAMPLES)
    return [
        *_metrics(boxes, *precision_columns(boxes), n_resamples=n_resamples, **fields),
        *_metrics(boxes, *_coco_columns(boxes), n_resamples=coco, **fields),
        *_metrics(boxes, *froc_columns(boxes), n_resamples=n_resamples, **fields),
    ]


def precision_columns(boxes: BoxSet) -> tuple[list[Column], Statistic]:
    """`ap50` of each class, and the mean over those that are there."""
    several = [[boxes.matches.matched(code)] for code in range(len(boxes.classes))]
    return _area_columns(boxes, several, "ap50", f"{_AP}; {CONVENTION}")


def _coco_columns(boxes: BoxSet) -> tuple[list[Column], Statistic]:
    several = [[one.matched(code) for one in boxes.stricter] for code in range(len(boxes.classes))]
    return _area_columns(boxes, several, "ap50_95", f"{_AP}; mean over IoU 0.50 to 0.95")


def _area_columns(boxes: BoxSet, several: Any, name: str, convention: str) -> tuple[list[Column], Statistic]:
    statistics = [area_statistic(one, groups=boxes.groups) for one in several]
    lesions = [one[0].n_lesions for one in several]
    columns = [Column(name, kind, n, convention) for kind, n in zip(boxes.classes, lesions, strict=True)]

    def statistic(weights: Weights) -> Array:
        each = np.hstack([one(weights) for one in statistics])
        known = ~np.isnan(each)
        total, count = np.where(known, each, 0).sum(axis=1), known.sum(axis=1)
        mean = np.divide(total, count, out=np.full(len(each), np.nan), where=count > 0)
        return np.column_stack([each, mean])

    together = f"mean over the classes that are there of: {convention}"
    return [*columns, Column(name, None, sum(lesions), together)], statistic


def froc_columns(boxes: BoxSet) -> tuple[list[Column], Statistic]:
    """Sensitivity at each of `RATES`, and `froc_score`, of each class and of all together."""
    columns: list[Column] = []
    statistics = []
    for name, code in boxes.kinds:
        marks = boxes.matches.marks(code)
        n = int(marks.lesions.sum())
        told = [
            Column(f"sensitivity_at_{RATE_NAMES[rate]}_fp", name, n,
                   f"share of lesions at the best attained threshold with no more than {rate:g} false "
                   f"positives per image; {CONVENTION}")
            for rate in RATES
        ]  # fmt: skip
        columns += [*told, Column("froc_score", name, n, f"{score_convention()}; {CONVENTION}")]
        statistics.append(froc_statistic(marks, groups=boxes.groups))

    def statistic(weights: Weights) -> Array:
        return np.hstack([one(weights) for one in statistics])

    return columns, statistic


def _metrics(
    boxes: BoxSet, columns: list[Column], statistic: Statistic, *, level: float, n_resamples: int, seed: int
) -> list[Metric]:
    groups = boxes.groups
    values = statistic(np.ones((1, groups.count), np.float32))[0]
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0]
    return [
        column_metric(column, float(value), drawn, boxes, level=level)
        for column, value, drawn in zip(columns, values, draws.T, strict=True)
    ]


def column_metric(column: Column, value: float, drawn: Array, boxes: BoxSet, *, level: float) -> Metric:
    """A resampled number as a metric."""
    return bootstrap_metric(
        column.name, value, drawn, reason=NO_LESION, n=column.lesions, n_units=len(boxes.matches.cases),
        n_clusters=boxes.groups.count, groups_of=column.lesions, level=level, class_name=column.class_name,
        convention=column.convention,
    )  # fmt: skip


def froc_curves(
    boxes: BoxSet, *, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> list[dict[str, Any]]:
    """Points and pointwise band of the FROC of each class and of all together (``class`` null), JSON-ready.

    Classes without a lesion are left out.
    """
    found = []
    tail = 50 * (1 - check_level(level))
    for name, code in boxes.kinds:
        marks = boxes.matches.marks(code)
        if not marks.lesions.sum() or (name is not None and len(boxes.classes) == 1):
            continue
        curve = froc_curve(marks)
        rise = np.flatnonzero(np.diff(curve.sensitivity, prepend=-1) > 0)
        rise = rise[np.unique(np.linspace(0, rise.size - 1, _MOST_POINTS).astype(int))] if rise.size else rise
        band = froc_statistic(marks, groups=boxes.groups, rates=GRID)
        draws = resample([band], boxes.groups.count, n_resamples=n_resamples, seed=seed)[0][:, :-1]
        draws = draws[~np.isnan(draws).any(axis=1)]
        low, high = np.percentile(draws, [tail, 100 - tail], axis=0) if len(draws) else ([], [])
        found.append(
            {
                "class": name,
                "thresholds": curve.thresholds[rise].tolist(),
                "false_per_image": curve.false_per_image[rise].tolist(),
                "sensitivity": curve.sensitivity[rise].tolist(),
                "last_false_per_image": float(curve.false_per_image.max(initial=0.0)),
                "band": {
                    "false_per_image": list(GRID), "low": list(map(float, low)),
                    "high": list(map(float, high)), "level": level,
                    "ci_method": "bootstrap_percentile_by_cluster",
                    "convention": "pointwise, patients drawn with replacement",
                },
            }
        )  # fmt: skip
    return found
