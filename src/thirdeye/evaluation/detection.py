"""Boxes found against boxes that are there: matching, average precision."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters, check_numbers, check_squarable
from thirdeye.evaluation.metric import Metric, undefined

Array = NDArray[np.float64]
_ROUNDING = 1e-12  # a recall of 3 in 10 is 0.3
_AT_ONCE = 100_000  # marks times resamples
COCO_IOUS = tuple(0.5 + 0.05 * step for step in range(10))
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
    matched: Matched, *, interpolation: Interpolation = "all_points", name: str = "ap", clusters: Any = None,
    level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """Area under precision over recall, with a bootstrap interval over patients or images.

    Args:
        matched: at one IoU, which `details` hold.
        interpolation: "all_points" (PASCAL VOC from 2010), "voc_11" (PASCAL VOC 2007), "coco_101" (101
            recalls), or "step" (as scikit-learn, without an envelope).
        name: of the metric ("ap50").
        clusters: (i,) patient of each image; None where each stands for itself.
        level: confidence level.
        n_resamples, seed: of the bootstrap.

    Returns:
        Undefined without a box that is there; 0 where nothing was found.

    Raises:
        UsageError: an unknown interpolation.
    """
    if interpolation not in get_args(Interpolation):
        raise UsageError(f"interpolation='{interpolation}': choose {', '.join(get_args(Interpolation))}")
    groups = check_clusters(clusters, matched.n_images)
    statistic = area_statistic([matched], groups=groups, interpolation=interpolation)
    convention = _CONVENTIONS[interpolation]
    return _metric(
        matched, statistic, groups, name, convention, level, {"iou": matched.iou}, n_resamples, seed
    )


def area_statistic(
    several: Sequence[Matched], *, groups: Clusters, interpolation: Interpolation = "coco_101"
) -> Statistic:
    """Mean area over matchings of the same images (one class at several IoU) in each resample, (b, 1).

    Args:
        several: one matching or more, of the same images.
        groups: patient of each image; (b, groups.count) weights say how often each is drawn.
        interpolation: as of `average_precision`.
    """
    gathered = [_by_group(one, groups) for one in several]
    rows = max(1, _AT_ONCE // max(1, *(one.hits.size for one in several)))

    def some(weights: Weights) -> Array:
        return np.asarray(np.mean([_areas(one, weights, interpolation) for one in gathered], axis=0))

    def statistic(weights: Weights) -> Array:
        parts = [some(weights[at : at + rows]) for at in range(0, len(weights), rows)]
        return np.concatenate(parts)[:, None]

    return statistic


def _by_group(matched: Matched, groups: Clusters) -> Matched:
    """The same with patients in the place of images; marks below the last hit change nothing and go."""
    last = int(np.flatnonzero(matched.hits)[-1]) + 1 if matched.hits.any() else 0
    boxes = np.bincount(groups.codes, matched.boxes, minlength=groups.count).astype(np.int64)
    codes = groups.codes[matched.image_codes[:last]]
    return replace(matched, hits=matched.hits[:last], boxes=boxes, image_codes=codes)


def _metric(
    matched: Matched, statistic: Statistic, groups: Clusters, name: str, convention: str, level: float,
    details: Any, n_resamples: int, seed: int,
) -> Metric:  # fmt: skip
    if not groups.count:
        return undefined(name, "no image", n=0, n_units=0, n_clusters=0, level=level, convention=convention)
    value = float(statistic(np.ones((1, groups.count), np.float32))[0, 0])
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        name, value, draws, reason="no box is there", n=matched.n_lesions, n_units=matched.n_images,
        n_clusters=groups.count, groups_of=matched.n_lesions, level=level, convention=convention,
        details=details,
    )  # fmt: skip


def mean_average_precision(
    truth: Mapping[Hashable, Sequence[Sequence[float]]], detections: Sequence[Detection], *,
    clusters: Any = None, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """COCO's AP: mean of `coco_101` over IoU 0.50, 0.55, ..., 0.95, with a bootstrap interval.

    Args:
        truth, detections: as `match`.
        clusters: (i,) patient of each image; None where each stands for itself.
        level: confidence level.
        n_resamples, seed: of the bootstrap.
    """
    matched = [match(truth, detections, iou=iou) for iou in COCO_IOUS]
    groups = check_clusters(clusters, matched[0].n_images)
    statistic = area_statistic(matched, groups=groups)
    convention = f"{_CONVENTIONS['coco_101']}, mean over IoU 0.50 to 0.95"
    return _metric(matched[0], statistic, groups, "ap50_95", convention, level, {}, n_resamples, seed)


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
    drawn = np.take(weights, matched.image_codes, axis=1)  # counts, exact in single precision
    called = np.cumsum(drawn, axis=1).astype(np.float64)
    hits = np.cumsum(np.multiply(drawn, matched.hits, out=drawn), axis=1).astype(np.float64)
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
