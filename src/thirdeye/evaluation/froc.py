"""Free-response ROC: lesions found against false positives per image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import percentile_interval
from thirdeye.evaluation.inputs import check_length, check_numbers, check_scores
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.ratings import check_whole

Array = NDArray[np.float64]
RATES = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0)  # false positives per image, as in LUNA16
_DRAWS = 2000


@dataclass(frozen=True)
class FrocMarks:
    """Marks on images.

    Args:
        hit_image, hit_score: (h,) image (from 0) and highest score of each lesion that was marked; further
            marks on it are neither right nor wrong.
        false_image, false_score: (f,) image and score of each mark that met no lesion.
        lesions: (i,) lesions in each image, also in those without.

    Raises:
        UsageError: columns of unequal length.
        DataRefused: a score that is not finite, an image that is not there, or more marked lesions in one
            than it has.
    """

    hit_image: NDArray[np.int64]
    hit_score: Array
    false_image: NDArray[np.int64]
    false_score: Array
    lesions: NDArray[np.int64]

    def __post_init__(self) -> None:
        for name in ("hit_score", "false_score"):
            scores = check_numbers(name, getattr(self, name))
            object.__setattr__(self, name, check_scores(scores, scores.size, what=name))
        for name, n in (
            ("lesions", np.size(self.lesions)), ("hit_image", self.hit_score.size),
            ("false_image", self.false_score.size),
        ):  # fmt: skip
            whole = check_whole(name, getattr(self, name))
            check_length(name, whole, n)
            object.__setattr__(self, name, whole)
        images = self.lesions.size
        for name in ("hit_image", "false_image"):
            if (beyond := getattr(self, name)[getattr(self, name) >= images]).size:
                raise DataRefused(
                    f"{name}: a mark lies on image {beyond[0]}, but images are 0 to {images - 1}"
                )
        marked = np.bincount(self.hit_image, minlength=images)
        if (marked > self.lesions).any():
            at = int(np.argmax(marked > self.lesions))
            raise DataRefused(
                f"hit_image: {marked[at]} marked lesions on image {at}, which has {self.lesions[at]}; name "
                "each lesion once, with the highest score of its marks"
            )


@dataclass(frozen=True)
class FrocCurve:
    """Every attained point, from the highest threshold down to the lowest.

    Args:
        thresholds: (g,) descending; a mark counts at or above.
        false_per_image: (g,) over all images.
        sensitivity: (g,) share of lesions.
    """

    thresholds: Array
    false_per_image: Array
    sensitivity: Array

    def at(self, rate: float, *, interpolated: bool = False) -> float:
        """Sensitivity at `rate` false positives per image.

        Args:
            rate: 0 or more.
            interpolated: on the line between attained points, from (0, 0); else the best attained at no more.
        """
        if interpolated:
            rates, first = np.unique(self.false_per_image[::-1], return_index=True)
            best = self.sensitivity[::-1][first]  # of several points at one rate the highest
            if rates[0] > 0:
                rates, best = np.append(0, rates), np.append(0, best)
            return float(np.interp(rate, rates, best))
        allowed = self.sensitivity[self.false_per_image <= rate]
        return float(allowed.max()) if allowed.size else 0.0


def froc_curve(marks: FrocMarks) -> FrocCurve:
    """The curve at every distinct score, the lowest included.

    Raises:
        UsageError: no image, or no lesion.
    """
    if not marks.lesions.size or not marks.lesions.sum():
        raise UsageError("a FROC needs images with at least one lesion")
    thresholds = np.unique(np.concatenate([marks.hit_score, marks.false_score]))[::-1]
    hits = _at_or_above(marks.hit_score, thresholds)
    false = _at_or_above(marks.false_score, thresholds)
    return FrocCurve(thresholds, false / marks.lesions.size, hits / int(marks.lesions.sum()))


def froc_score(marks: FrocMarks, *, interpolated: bool = False, level: float = 0.95, seed: int = 0) -> Metric:
    """Mean sensitivity at 1/8, 1/4, 1/2, 1, 2, 4 and 8 false positives per image.

    Args:
        marks: of all images.
        interpolated: see `FrocCurve.at`.
        level: of the bootstrap interval over images.
        seed: of the bootstrap.

    Returns:
        Undefined without a lesion.
    """
    kind = "interpolated from (0, 0)" if interpolated else "best attained at no more"
    fields: dict[str, Any] = {
        "name": "froc_score", "n": int(marks.lesions.sum()), "n_units": marks.lesions.size, "level": level,
        "n_clusters": marks.lesions.size,
        "convention": f"mean sensitivity at 1/8 to 8 false positives per image, {kind}; repeats ignored",
    }  # fmt: skip
    if not marks.lesions.size or not marks.lesions.sum():
        return undefined(reason="no lesion is there", **fields)
    value = _mean(froc_curve(marks), interpolated)
    low, high = percentile_interval(_bootstrap(marks, interpolated, seed), level=level)
    if low == high:
        reason = "no resample of the images differs: no interval"
        return Metric(value=value, status="degenerate", reason=reason, **fields)
    if fields["n"] < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {fields['n']} lesions, fewer than {MIN_EVENTS}"}
    return Metric(value=value, ci_low=low, ci_high=high, ci_method="bootstrap_percentile_images", **fields)


def _mean(curve: FrocCurve, interpolated: bool) -> float:
    return float(np.mean([curve.at(rate, interpolated=interpolated) for rate in RATES]))


def _at_or_above(scores: Array, thresholds: Array) -> Array:
    ordered = np.sort(scores)
    return (ordered.size - np.searchsorted(ordered, thresholds, side="left")).astype(np.float64)


def _bootstrap(marks: FrocMarks, interpolated: bool, seed: int) -> Array:
    """Scores when images are drawn with replacement; draws without a lesion are left out."""
    rng, images = np.random.default_rng(seed), marks.lesions.size
    thresholds = np.unique(np.concatenate([marks.hit_score, marks.false_score]))[::-1]
    hit_place = np.searchsorted(-thresholds, -marks.hit_score)
    false_place = np.searchsorted(-thresholds, -marks.false_score)
    found = []
    for _ in range(_DRAWS):
        times = np.bincount(rng.integers(0, images, images), minlength=images)
        lesions = int((times * marks.lesions).sum())
        if not lesions:
            continue
        hits = np.cumsum(np.bincount(hit_place, times[marks.hit_image], minlength=thresholds.size))
        false = np.cumsum(np.bincount(false_place, times[marks.false_image], minlength=thresholds.size))
        found.append(_mean(FrocCurve(thresholds, false / images, hits / lesions), interpolated))
    return np.array(found)
