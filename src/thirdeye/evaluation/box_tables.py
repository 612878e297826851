"""Lesion by lesion, case by case, size by size, and what kind of mistake a false positive is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.box_points import lesion_sensitivity
from thirdeye.evaluation.box_set import BoxSet
from thirdeye.evaluation.boxes import FALSE, HIT, MATCH_IOU
from thirdeye.evaluation.metric import number
from thirdeye.evaluation.threshold import Threshold

SIZES = ("small", "medium", "large")
MOST_FALSE_ALARMS = 50
TOUCHES = 0.1  # overlap from which a false mark is a lesion found in the wrong place


def lesion_rows(boxes: BoxSet, points: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Every lesion: where, how large (square root of its area, in pixels), and how it was found.

    `score` and `iou` are those of the mark that met it, null where none did; `found` tells so of each
    operating point.
    """
    matches = boxes.matches
    sizes, groups = lesion_sizes(boxes), size_codes(boxes)
    return [
        {
            "case": matches.cases[matches.lesion_case[at]],
            "class": boxes.classes[matches.lesion_class[at]],
            "box": matches.lesion_box[at].tolist(),
            "size_px": float(sizes[at]),
            "size_group": SIZES[groups[at]],
            "score": number(matches.lesion_score[at]),
            "iou": number(matches.lesion_iou[at]),
            "found": {p.name: bool(matches.lesion_score[at] >= p.threshold) for p in points},
        }
        for at in range(len(matches.lesion_case))
    ]


def case_rows(
    boxes: BoxSet, point: Threshold | None, patients: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Every image: its lesions, and at an operating point those found and missed and the false positives."""
    matches = boxes.matches
    threshold = np.inf if point is None else point.threshold
    n = len(matches.cases)
    lesions = matches.lesions_per_case()
    found = np.bincount(matches.lesion_case[matches.lesion_score >= threshold], minlength=n)
    false = np.bincount(matches.case[(matches.outcome == FALSE) & (matches.score >= threshold)], minlength=n)
    highest = case_scores(boxes)
    rows = []
    for at, name in enumerate(matches.cases):
        row: dict[str, Any] = {"case": name, "lesions": int(lesions[at]), "score": number(highest[at])}
        if patients is not None:
            row["patient"] = patients[name]
        if point is not None:
            row |= {
                "operating_point": point.name, "found": int(found[at]),
                "missed": int(lesions[at] - found[at]), "false_positives": int(false[at]),
            }  # fmt: skip
        rows.append(row)
    return rows


def case_scores(boxes: BoxSet, code: int | None = None) -> NDArray[np.float64]:
    """(i,) highest score of the marks in each image, of one class or of all; NaN where there is none."""
    matches = boxes.matches
    mine = slice(None) if code is None else matches.kind == code
    highest = np.full(len(matches.cases), np.nan)
    np.fmax.at(highest, matches.case[mine], matches.score[mine])
    return highest


def false_alarms(boxes: BoxSet, *, most: int = MOST_FALSE_ALARMS) -> list[dict[str, Any]]:
    """The false positives with the highest scores, each with its kind: see `false_kinds`."""
    matches, kinds = boxes.matches, false_kinds(boxes)
    places = np.flatnonzero(matches.outcome == FALSE)[:most]
    return [
        {
            "case": matches.cases[matches.case[at]],
            "class": boxes.classes[matches.kind[at]],
            "box": matches.box[at].tolist(),
            "score": float(matches.score[at]),
            "iou": float(matches.iou_any[at]),
            "kind": kinds[at],
        }
        for at in places.tolist()
    ]


def false_kinds(boxes: BoxSet) -> NDArray[np.str_]:
    """(m,) what each false mark is; "" for one that is not false.

    "other class": on a lesion of another class; "wrong place": it touches a lesion (IoU 0.1 or more), but not
    enough; "background": nothing is there.
    """
    matches = boxes.matches
    nearest = matches.nearest.clip(0)
    empty = not matches.lesion_class.size
    other = np.zeros(matches.kind.shape, bool) if empty else matches.lesion_class[nearest] != matches.kind
    kinds = np.where(matches.iou_any >= TOUCHES, "wrong place", "background")
    kinds = np.where(other & (matches.iou_any >= MATCH_IOU), "other class", kinds)
    return np.where(matches.outcome == FALSE, kinds, "")


def mistakes(boxes: BoxSet, point: Threshold) -> dict[str, Any]:
    """At an operating point: how many false positives are of which kind, how many marks are right."""
    made = boxes.matches.score >= point.threshold
    kinds = false_kinds(boxes)[made]
    return {
        "operating_point": point.name,
        "hits": int((boxes.matches.outcome[made] == HIT).sum()),
        "background": int((kinds == "background").sum()),
        "wrong_place": int((kinds == "wrong place").sum()),
        "other_class": int((kinds == "other class").sum()),
    }


def lesion_sizes(boxes: BoxSet) -> NDArray[np.float64]:
    """(l,) square root of the area of each lesion's box, in pixels."""
    sides = boxes.matches.lesion_box[:, 2:] - boxes.matches.lesion_box[:, :2]
    return np.sqrt(sides.prod(axis=1))


def size_codes(boxes: BoxSet) -> NDArray[np.int64]:
    """(l,) third of the set that each lesion belongs to by its size, from 0."""
    sizes = lesion_sizes(boxes)
    if not sizes.size:
        return np.zeros(0, np.int64)
    return np.searchsorted(np.quantile(sizes, [1 / 3, 2 / 3]), sizes, side="left").astype(np.int64)


def size_groups(boxes: BoxSet, points: Sequence[Threshold], *, level: float = 0.95) -> list[dict[str, Any]]:
    """Small, medium and large lesions (thirds of the set): their number, range and sensitivity.

    Thirds with no lesion (all of one size) are left out.
    """
    sizes, codes = lesion_sizes(boxes), size_codes(boxes)
    found = []
    for code, name in enumerate(SIZES):
        mine = codes == code
        if not mine.any():
            continue
        metrics = [
            point.mark(lesion_sensitivity(boxes, point, level=level, among=mine)).as_json()
            for point in points
        ]
        found.append(
            {
                "name": name, "smallest_px": float(sizes[mine].min()), "largest_px": float(sizes[mine].max()),
                "n": int(mine.sum()), "metrics": metrics,
            }
        )  # fmt: skip
    return found
