"""Boxes found against boxes that are there: matching, average precision."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_numbers, check_squarable
from thirdeye.evaluation.metric import Metric, undefined

Array = NDArray[np.float64]
Interpolation = Literal["all_points", "coco_101", "step"]


@dataclass(frozen=True)
class Detection:
    """A box that was found: its image, (x_min, y_min, x_max, y_max), and its score."""

    image: Hashable
    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True)
class Matched:
    """Detections from the highest score down.

    Args:
        scores: (d,).
        hits: (d,) True where a box that was still free was met.
        images: (d,) image of each.
        n_lesions: boxes that are there.
        n_images: images, also those without a box.
    """

    scores: Array
    hits: NDArray[np.bool_]
    images: tuple[Hashable, ...]
    n_lesions: int
    n_images: int


def box_iou(one: Array, other: Array) -> Array:
    """(a, 4) and (b, 4) boxes to (a, b) intersection over union; empty boxes have none."""
    one, other = _boxes(one), _boxes(other)
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(part[:, 2:] - part[:, :2], 0, None).prod(axis=1) for part in (one, other)]
    either = areas[0][:, None] + areas[1][None, :] - shared
    return np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)


def _boxes(boxes: Any) -> Array:
    """(n, 4) finite corners."""
    values = check_numbers("boxes", boxes)
    if values.size == 0:
        return values.reshape(0, 4)
    if values.ndim != 2 or values.shape[1] != 4:
        raise UsageError(f"boxes: expected (n, 4) corners, got an array of {values.shape}")
    check_squarable("boxes", values.ravel())
    return values


def match(
    truth: Mapping[Hashable, Sequence[Sequence[float]]], detections: Sequence[Detection], *, iou: float
) -> Matched:
    """Greedy matching from the highest score down, each box met once.

    Args:
        truth: image to boxes; every image appears, also without a box.
        detections: any order; equal scores keep it.
        iou: smallest intersection over union that counts as a hit, above 0 to 1. A detection goes to the free
            box with the largest.

    Raises:
        UsageError: an IoU that cannot be.
        DataRefused: a detection in an unknown image, or with a box or score that is not finite.
    """
    if not 0 < iou <= 1:
        raise UsageError(f"an IoU to match by lies above 0 and at most at 1, got {iou}")
    boxes = {image: np.asarray(found, float).reshape(-1, 4) for image, found in truth.items()}
    free = {image: np.ones(len(found), bool) for image, found in boxes.items()}
    order = np.argsort([-d.score for d in detections], kind="stable")
    hits = []
    for place in order:
        found = detections[place]
        _refuse_unknown(found, boxes)
        hits.append(_take(np.asarray([found.box], float), boxes[found.image], free[found.image], iou))
    return Matched(
        np.array([detections[place].score for place in order], dtype=np.float64),
        np.array(hits, dtype=bool),
        tuple(detections[place].image for place in order),
        sum(len(part) for part in boxes.values()),
        len(boxes),
    )


def average_precision(
    matched: Matched, *, interpolation: Interpolation = "all_points", name: str = "ap"
) -> Metric:
    """Area under precision over recall.

    Args:
        matched: at one IoU.
        interpolation: "all_points" (PASCAL VOC from 2010), "coco_101" (101 recalls), or "step" (as
            scikit-learn, without an envelope).
        name: of the metric ("ap50").

    Returns:
        Undefined without a box that is there; 0 where nothing was found.
    """
    fields: dict[str, Any] = {"name": name, "n": matched.n_images, "convention": interpolation}
    if not matched.n_lesions:
        return undefined(reason="no box is there", **fields)
    hits = np.cumsum(matched.hits)
    recall = hits / matched.n_lesions
    precision = hits / np.arange(1, hits.size + 1)
    return Metric(value=_area(recall, precision, interpolation), **fields)


def mean_average_precision(
    truth: Mapping[Hashable, Sequence[Sequence[float]]], detections: Sequence[Detection]
) -> Metric:
    """COCO's AP: mean of `coco_101` over IoU 0.50, 0.55, ..., 0.95."""
    parts = [
        average_precision(match(truth, detections, iou=0.5 + 0.05 * step), interpolation="coco_101")
        for step in range(10)
    ]
    if parts[0].value is None:
        return parts[0].with_(name="ap50_95")
    value = float(np.mean([part.value for part in parts]))
    return parts[0].with_(name="ap50_95", value=value, convention="coco_101, mean over IoU 0.50 to 0.95")


def _refuse_unknown(found: Detection, boxes: Mapping[Hashable, Array]) -> None:
    if found.image not in boxes:
        raise DataRefused(f"a detection names the image '{found.image}', which is not among the {len(boxes)}")
    if not np.isfinite([*found.box, found.score]).all():
        raise DataRefused(f"a detection in '{found.image}' has the box {found.box} and score {found.score}")


def _take(box: Array, boxes: Array, free: NDArray[np.bool_], iou: float) -> bool:
    """Whether a free box is met; it is then taken."""
    if not free.any():
        return False
    shared = np.where(free, box_iou(box, boxes)[0], -1.0)
    best = int(np.argmax(shared))
    if shared[best] < iou:
        return False
    free[best] = False
    return True


def _area(recall: Array, precision: Array, interpolation: Interpolation) -> float:
    if not recall.size:
        return 0.0
    if interpolation == "step":
        return float((np.diff(recall, prepend=0) * precision).sum())
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if interpolation == "all_points":
        return float((np.diff(recall, prepend=0) * envelope).sum())
    if interpolation != "coco_101":
        raise UsageError(f"interpolation='{interpolation}': choose all_points, coco_101 or step")
    place = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.where(place < recall.size, envelope[np.minimum(place, recall.size - 1)], 0.0).mean())
