"""Operating points of a detector: thresholds by false positives per image, and what is reached at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.box_set import CONVENTION, BoxSet
from thirdeye.evaluation.boxes import FALSE, HIT
from thirdeye.evaluation.froc import threshold_for_false_positives
from thirdeye.evaluation.metric import Metric, ThresholdOrigin
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.threshold import Threshold

POINT_RATES = {"fp_per_image_1_4": 0.25, "fp_per_image_1": 1.0, "fp_per_image_4": 4.0}
MAIN_POINT = "fp_per_image_1"
_REPEATS = "further marks on a found lesion are neither right nor wrong"
_TOLD = f"{CONVENTION}; {_REPEATS}"


def choose_box_points(
    boxes: BoxSet, *, origin: ThresholdOrigin = "tuned_on_validation", level: float = 0.95, seed: int = 0
) -> list[dict[str, Any]]:
    """Thresholds with at most 1/4, 1 and 4 false positives per image, over all classes together.

    Args:
        boxes: validation images.
        origin: where they come from.
        level, seed: of the intervals of what is attained.

    Returns:
        JSON-ready points: name, class (null), threshold, origin, rule, and on the data they were chosen on
        `sensitivity` and `false_positives_per_image` (metrics). Empty where the data hold no lesion.
    """
    marks = boxes.matches.marks()
    if not marks.lesions.sum():
        return []
    found = []
    for name, rate in POINT_RATES.items():
        point = Threshold(name, threshold_for_false_positives(marks, rate=rate), origin)
        rule = f"the lowest threshold with at most {rate:g} false positives per image"
        reached = {
            metric.name: metric.with_(convention=f"on the data the threshold was chosen on; {CONVENTION}")
            for metric in point_metrics(boxes, point, level=level, seed=seed)
            if metric.class_name is None
        }
        attained = {
            "sensitivity": reached["lesion_sensitivity"].as_json(),
            "false_positives_per_image": reached["false_positives_per_image"].as_json(),
        }
        found.append({**point.as_json(), "rule": rule, **attained})
    return found


def point_metrics(
    boxes: BoxSet, point: Threshold, *, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> list[Metric]:
    """What is reached at a threshold: by lesion and mark of every class and of all; by case of all.

    Args:
        boxes: the set.
        point: the threshold.
        level, n_resamples, seed: of the intervals.
    """
    found: list[Metric] = []
    for name, code in boxes.kinds:
        several = [
            lesion_sensitivity(boxes, point, code, level=level),
            lesion_precision(boxes, point, code, level=level),
            _false_positives(boxes, point, code, level, n_resamples, seed),
        ]
        found += [point.mark(metric).with_(class_name=name) for metric in several]
    return found + [point.mark(metric) for metric in _cases(boxes, point, level)]


def lesion_sensitivity(
    boxes: BoxSet, point: Threshold, code: int | None = None, *, level: float = 0.95, among: Any = None
) -> Metric:
    """Share of lesions that a mark at or above the threshold met.

    Args:
        boxes: the set.
        point: the threshold.
        code: of a class; None for all.
        level: of the interval.
        among: (l,) True for the lesions that count; None for all.
    """
    matches = boxes.matches
    mine = np.ones(matches.lesion_class.shape, bool) if code is None else matches.lesion_class == code
    mine = mine if among is None else mine & among
    found = matches.lesion_score[mine] >= point.threshold  # NaN is never found
    groups = boxes.groups.codes[matches.lesion_case[mine]]
    return _share(
        "lesion_sensitivity", found, groups, "no lesion is there", f"{CONVENTION}; {_REPEATS}", level
    )


def lesion_precision(
    boxes: BoxSet, point: Threshold, code: int | None = None, *, level: float = 0.95
) -> Metric:
    """Share of the marks at or above the threshold that are right; arguments as of `lesion_sensitivity`."""
    mine = _made(boxes, point, code) & np.isin(boxes.matches.outcome, (HIT, FALSE))
    right = boxes.matches.outcome[mine] == HIT
    groups = boxes.groups.codes[boxes.matches.case[mine]]
    return _share("lesion_ppv", right, groups, "no mark is made", _TOLD, level)


def _made(boxes: BoxSet, point: Threshold, code: int | None) -> Any:
    made = boxes.matches.score >= point.threshold
    return made if code is None else made & (boxes.matches.kind == code)


def _false_positives(
    boxes: BoxSet, point: Threshold, code: int | None, level: float, n_resamples: int, seed: int
) -> Metric:
    matches, groups = boxes.matches, boxes.groups
    false = matches.case[_made(boxes, point, code) & (matches.outcome == FALSE)]
    counts = [np.bincount(codes, minlength=groups.count) for codes in (groups.codes[false], groups.codes)]
    sums = np.column_stack(counts).astype(np.float64)
    n = len(matches.cases)

    def rate(weights: Weights) -> Any:
        total = weights.astype(np.float64) @ sums
        return total[:, :1] / total[:, 1:]

    draws = resample([rate], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        "false_positives_per_image", float(sums[:, 0].sum() / sums[:, 1].sum()), draws, reason="no image",
        n=n, n_units=n, n_clusters=groups.count, groups_of=n,
        level=level, convention=f"marks that hit no lesion, over all images; {_REPEATS}",
    )  # fmt: skip


def _cases(boxes: BoxSet, point: Threshold, level: float) -> list[Metric]:
    """A mark where there is a lesion, whether or not on it; none where there is none.

    A patient is positive if any image has a mark. Where patients are known, images are counted as well.
    """
    lesions = boxes.matches.lesions_per_case()
    marks = np.bincount(boxes.matches.case[_made(boxes, point, None)], minlength=len(boxes.matches.cases))
    groups, count = boxes.groups.codes, boxes.groups.count
    there, marked = (np.bincount(groups, one, minlength=count) > 0 for one in (lesions, marks))
    unit = "patient" if boxes.patients_known else "image"
    found = _rates("case", unit, there, marked, None, level)
    if boxes.patients_known:
        found += _rates("image", "image", lesions > 0, marks > 0, groups, level)
    return found


def _rates(prefix: str, unit: str, there: Any, marked: Any, groups: Any, level: float) -> list[Metric]:
    """Sensitivity, specificity and both predictive values of patients or images."""
    told = f"{unit}s; a single mark anywhere counts"
    predictive = f"{told}; at the share of {unit}s with a lesion in these data"
    several = (
        ("sensitivity", there, marked, f"no {unit} has a lesion", told),
        ("specificity", ~there, ~marked, f"every {unit} has a lesion", told),
        ("ppv", marked, there, f"no {unit} is marked", predictive),
        ("npv", ~marked, ~there, f"every {unit} is marked", predictive),
    )
    return [
        _share(f"{prefix}_{name}", right[among], None if groups is None else groups[among], why, how, level)
        for name, among, right, why, how in several
    ]


def _share(name: str, right: Any, groups: Any, reason: str, convention: str, level: float) -> Metric:
    clusters = None if groups is None or not right.size else groups
    return proportion(
        right.astype(int), name=name, clusters=clusters, level=level, convention=convention, empty=reason
    )
