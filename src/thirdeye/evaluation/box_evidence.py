"""From the boxes of single images to the evidence of a detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.bootstrap import N_RESAMPLES
from thirdeye.evaluation.box_middles import middle_metrics
from thirdeye.evaluation.box_points import MAIN_POINT, point_metrics
from thirdeye.evaluation.box_ranking import froc_curves, ranking_metrics
from thirdeye.evaluation.box_set import CONVENTION, BoxSet
from thirdeye.evaluation.box_tables import (
    case_rows,
    case_scores,
    false_alarms,
    lesion_rows,
    mistakes,
    size_groups,
)
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import Threshold, read_thresholds


def box_evidence(
    boxes: BoxSet,
    *,
    points: Sequence[Mapping[str, Any]] = (),
    patients: Mapping[str, str] | None = None,
    excluded: Mapping[str, int] | None = None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """One entry of "sets" in evaluation.json of a detection.

    Args:
        boxes: the set.
        points: operating points, as `choose_box_points` gave them from validation images.
        patients: image to patient, for the table of cases; None where no patient is known.
        excluded: reason to number of images, or boxes, left out before.
        level, n_resamples, seed: of the intervals, from resampled patients.
    """
    thresholds = read_thresholds(points, classes=boxes.classes)
    main = main_point(thresholds)
    fields: dict[str, Any] = {"level": level, "n_resamples": n_resamples, "seed": seed}
    metrics = ranking_metrics(boxes, **fields) + case_auc(boxes, level=level)
    for point in thresholds:
        metrics += point_metrics(boxes, point, **fields)
    metrics += middle_metrics(boxes, thresholds, **fields)
    lesions = boxes.matches.lesion_class
    return {
        "unit": "image",
        "length_unit": "px",
        "convention": CONVENTION,
        "n": len(boxes.matches.cases),
        "n_patients": boxes.groups.count if boxes.patients_known else None,
        "n_lesions": int(lesions.size),
        "n_excluded": dict(excluded or {}),
        "n_by_class": {name: int((lesions == code).sum()) for code, name in enumerate(boxes.classes)},
        "metrics": [m.with_(n_excluded=dict(excluded or {}) | dict(m.n_excluded)).as_json() for m in metrics],
        "operating_points": [point.as_json() for point in thresholds],
        "cases": case_rows(boxes, main, patients),
        "lesions": lesion_rows(boxes, thresholds),
        "false_alarms": false_alarms(boxes),
        "mistakes": [mistakes(boxes, point) for point in thresholds],
        "size_groups": size_groups(boxes, thresholds, level=level),
        "froc": froc_curves(boxes, **fields),
        "comparisons": [],
        "readers": [],
        "warnings": [],
    }


def main_point(points: Sequence[Threshold]) -> Threshold | None:
    """The operating point that tables of cases use: at one false positive per image, else the first."""
    named = {point.name: point for point in points}
    return named.get(MAIN_POINT, points[0] if points else None)


def case_auc(boxes: BoxSet, *, level: float = 0.95) -> list[Metric]:
    """How well patients (images where none is known) with a lesion are ranked above those without.

    The score of a patient is the highest of its marks, of the class in question; one without a mark ranks
    lowest. Undefined where every patient has a lesion, or none.

    Args:
        boxes: the set.
        level: of the interval (DeLong).
    """
    unit = "patient" if boxes.patients_known else "image"
    found = []
    for name, code in boxes.kinds:
        if name is not None and len(boxes.classes) == 1:
            continue
        scores = np.full(boxes.groups.count, -1.0)
        np.fmax.at(scores, boxes.groups.codes, case_scores(boxes, code))
        lesions = np.bincount(
            boxes.groups.codes, boxes.matches.lesions_per_case(code), minlength=boxes.groups.count
        )
        metric = auc((lesions > 0).astype(int), scores, level=level, name=f"{unit}_auc")
        told = (
            f"{unit}s with a lesion against those without; the score of a {unit} is the highest of its marks"
        )
        found.append(metric.with_(class_name=name, convention=told))
    return found
