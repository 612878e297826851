"""Boxes found against boxes that are there: matching, average precision."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import check_numbers, check_squarable
from thirdeye.evaluation.metric import Metric

Array = NDArray[np.float64]
_ROUNDING = 1e-12  # a recall of 3 in 10 is 0.3
Interpolation = Literal["all_points", "voc_11", "coco_101", "step"]
_CONVENTIONS = {
    "all_points": "all points under the envelope (PASCAL VOC from 2010)",
    "voc_11": "mean of the envelope at 11 recalls (PASCAL VOC 2007)",
    "coco_101": "mean of the envelope at 101 recalls (COCO)",
    "step": "step sum without an envelope",
}


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
        iou: smallest intersection over union that counted as a hit.
        boxes: (i,) boxes in each image, in the order of the images.
        image_codes: (d,) place of each detection's image in that order.
    """

    scores: Array
    hits: NDArray[np.bool_]
    images: tuple[Hashable, ...]
    n_lesions: int
    n_images: int
    iou: float
    boxes: NDArray[np.int64]
    image_codes: NDArray[np.int64]


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
    code = {image: at for at, image in enumerate(boxes)}
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
        float(iou),
        np.array([len(part) for part in boxes.values()], dtype=np.int64),
        np.array([code[detections[place].image] for place in order], dtype=np.int64),
    )


def average_precision(
    matched: Matched, *, interpolation: Interpolation = "all_points", name: str = "ap", level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """Area under precision over recall, with a bootstrap interval over images.

    Args:
        matched: at one IoU, which `details` hold.
        interpolation: "all_points" (PASCAL VOC from 2010), "voc_11" (PASCAL VOC 2007), "coco_101" (101
            recalls), or "step" (as scikit-learn, without an envelope).
        name: of the metric ("ap50").
        level: confidence level.
        n_resamples, seed: of the bootstrap.

    Returns:
        Undefined without a box that is there; 0 where nothing was found.

    Raises:
        UsageError: an unknown interpolation.
    """
    if interpolation not in get_args(Interpolation):
        raise UsageError(f"interpolation='{interpolation}': choose {', '.join(get_args(Interpolation))}")
    draws = _draws([matched], interpolation, n_resamples, seed)
    value = float(_areas(matched, np.ones((1, matched.n_images), np.float32), interpolation)[0])
    return _metric(matched, value, draws, name, _CONVENTIONS[interpolation], level, {"iou": matched.iou})


def _metric(
    matched: Matched, value: float, draws: Array, name: str, convention: str, level: float, details: Any
) -> Metric:
    return bootstrap_metric(
        name, value, draws, reason="no box is there", n=matched.n_lesions, n_units=matched.n_images,
        n_clusters=matched.n_images, groups_of=matched.n_lesions, level=level, convention=convention,
        details=details,
    )  # fmt: skip


def _draws(several: Sequence[Matched], interpolation: Interpolation, n_resamples: int, seed: int) -> Array:
    """Mean area over matchings of the same images when images are drawn with replacement, (B,)."""

    def statistic(weights: Weights) -> Array:
        return np.mean([_areas(one, weights, interpolation) for one in several], axis=0)[:, None]

    images = max(several[0].n_images, 1)
    return resample([statistic], images, n_resamples=n_resamples, seed=seed)[0][:, 0]


def mean_average_precision(
    truth: Mapping[Hashable, Sequence[Sequence[float]]], detections: Sequence[Detection], *,
    level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """COCO's AP: mean of `coco_101` over IoU 0.50, 0.55, ..., 0.95, with a bootstrap interval over images.

    Args:
        truth, detections: as `match`.
        level: confidence level.
        n_resamples, seed: of the bootstrap.
    """
    matched = [match(truth, detections, iou=0.5 + 0.05 * step) for step in range(10)]
    whole = np.ones((1, matched[0].n_images), np.float32)
    value = float(np.mean([_areas(one, whole, "coco_101")[0] for one in matched]))
    draws = _draws(matched, "coco_101", n_resamples, seed)
    convention = f"{_CONVENTIONS['coco_101']}, mean over IoU 0.50 to 0.95"
    return _metric(matched[0], value, draws, "ap50_95", convention, level, {})


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


def _areas(matched: Matched, weights: Weights, interpolation: Interpolation) -> Array:
    """The area of each of (b, i) weights of images, (b,); NaN where no box is there."""
    lesions = (weights @ matched.boxes).astype(np.float64)
    if not matched.hits.size:
        return np.where(lesions > 0, 0.0, np.nan)
    drawn = weights[:, matched.image_codes].astype(np.float64)
    hits, called = np.cumsum(drawn * matched.hits, axis=1), np.cumsum(drawn, axis=1)
    blank = np.full(hits.shape, np.nan)
    recall = np.divide(hits, lesions[:, None], out=blank.copy(), where=lesions[:, None] > 0)
    precision = np.divide(hits, called, out=np.zeros_like(hits), where=called > 0)
    if interpolation != "step":
        precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    if interpolation in ("step", "all_points"):
        return np.asarray((np.diff(recall, prepend=0, axis=1) * precision).sum(axis=1))
    # pycocotools compares its 101 recalls without regard to rounding, and so does this.
    places = np.linspace(0, 1, 11) - _ROUNDING if interpolation == "voc_11" else np.linspace(0, 1, 101)
    found = [_mean_at(places, *row) for row in zip(recall, precision, strict=True)]
    return np.where(lesions > 0, found, np.nan)


def _mean_at(places: Array, recall: Array, envelope: Array) -> float:
    """Mean height of the envelope at these recalls; 0 beyond the last."""
    at = np.searchsorted(recall, places, side="left")
    return float(np.where(at < recall.size, envelope[np.minimum(at, recall.size - 1)], 0.0).mean())
