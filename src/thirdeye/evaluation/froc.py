"""Free-response ROC: lesions found against false positives per image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters, check_length, check_numbers, check_scores
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.ratings import check_whole
from thirdeye.evaluation.scalars import check_number

Array = NDArray[np.float64]
RATES = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0)  # false positives per image, as in LUNA16
NO_LESION = "no lesion is there"
_AT_ONCE = 100_000  # marks times resamples


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
            if not rates.size or rates[0] > 0:
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


def froc_score(
    marks: FrocMarks, *, interpolated: bool = False, clusters: Any = None, level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """Mean sensitivity at 1/8, 1/4, 1/2, 1, 2, 4 and 8 false positives per image.

    Args:
        marks: of all images.
        interpolated: see `FrocCurve.at`.
        clusters: (i,) patient of each image; None where each stands for itself.
        level: of the bootstrap interval over patients or images.
        n_resamples, seed: of the bootstrap.

    Returns:
        Undefined without a lesion.
    """
    groups = check_clusters(clusters, marks.lesions.size)
    fields: dict[str, Any] = {
        "n": int(marks.lesions.sum()), "n_units": marks.lesions.size, "level": level,
        "n_clusters": groups.count, "convention": score_convention(interpolated=interpolated),
    }  # fmt: skip
    if not fields["n"]:
        return undefined("froc_score", NO_LESION, **fields)
    statistic = froc_statistic(marks, groups=groups, interpolated=interpolated)
    value = float(statistic(np.ones((1, groups.count), np.float32))[0, -1])
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0][:, -1]
    return bootstrap_metric("froc_score", value, draws, reason=NO_LESION, groups_of=fields["n"], **fields)


def score_convention(*, interpolated: bool = False) -> str:
    """What has to be known to compute the same score."""
    kind = "interpolated from (0, 0)" if interpolated else "best attained at no more"
    return f"mean sensitivity at 1/8 to 8 false positives per image, {kind}; repeats ignored"


def froc_statistic(
    marks: FrocMarks, *, groups: Clusters, rates: Sequence[float] = RATES, interpolated: bool = False
) -> Statistic:
    """Sensitivity at each of (r,) false positives per image in each resample, then their mean, (b, r + 1).

    Args:
        marks: of all images.
        groups: patient of each image; weights say how often each is drawn.
        rates: false positives per image.
        interpolated: see `FrocCurve.at`.
    """
    scores = np.concatenate([marks.hit_score, marks.false_score])
    order = np.argsort(-scores, kind="stable")
    codes = groups.codes[np.concatenate([marks.hit_image, marks.false_image])[order]]
    is_hit = order < marks.hit_score.size
    ends = np.flatnonzero(np.diff(scores[order], append=-np.inf) < 0)  # marks of one score count together
    lesions = np.bincount(groups.codes, marks.lesions, minlength=groups.count)
    images = np.bincount(groups.codes, minlength=groups.count)
    rows = max(1, _AT_ONCE // max(scores.size, 1))

    def some(weights: Weights) -> Array:
        drawn = np.take(weights, codes, axis=1)  # counts, exact in single precision
        called = np.cumsum(drawn, axis=1)[:, ends]
        hits = np.cumsum(np.multiply(drawn, is_hit, out=drawn), axis=1)[:, ends]
        there, n = weights @ lesions, weights @ images
        read = _between_points if interpolated else _best_at_no_more
        found = read(hits, called - hits, n[:, None] * np.asarray(rates))
        shares = np.divide(found, there[:, None], out=np.full(found.shape, np.nan), where=there[:, None] > 0)
        return np.column_stack([shares, shares.mean(axis=1)])

    def statistic(weights: Weights) -> Array:
        return np.concatenate([some(weights[at : at + rows]) for at in range(0, len(weights), rows)])

    return statistic


def _best_at_no_more(hits: Any, false: Any, limits: Array) -> Array:
    """Most hits of (b, g) points with no more false positives than each of (b, r) limits, (b, r)."""
    pairs = zip(false, limits, strict=True)
    places = np.array([np.searchsorted(row, limit, side="right") for row, limit in pairs])
    return np.take_along_axis(np.column_stack([np.zeros(len(hits)), hits]), places, axis=1)


def _between_points(hits: Any, false: Any, limits: Array) -> Array:
    """Hits on the line between attained points, from (0, 0), (b, r)."""
    rows = zip(false.astype(np.float64), hits.astype(np.float64), limits, strict=True)
    curves = [(FrocCurve(np.zeros(0), one, other), limit) for one, other, limit in rows]
    return np.array([[curve.at(rate, interpolated=True) for rate in limit] for curve, limit in curves])


def threshold_for_false_positives(marks: FrocMarks, *, rate: float) -> float:
    """The lowest threshold with no more than `rate` false positives per image, so that most is found.

    It lies halfway to the next lower score, so that rounding cannot turn a mark around. Where even all marks
    bring fewer false positives, it is the lowest score; where one mark is too many, it lies above all.

    Args:
        marks: of validation images.
        rate: false positives per image, 0 or more.

    Raises:
        UsageError: a rate below 0, or no image.
    """
    check_number("false positives per image", rate, 0)
    if not marks.lesions.size:
        raise UsageError("a threshold is chosen on one image or more; there is none")
    scores = np.unique(np.concatenate([marks.hit_score, marks.false_score]))[::-1]
    if not scores.size:
        return 0.0
    allowed = int((_at_or_above(marks.false_score, scores) <= rate * marks.lesions.size).sum())
    if allowed == scores.size:
        return float(scores[-1])
    if allowed == 0:
        return float(np.nextafter(scores[0], np.inf))
    low, high = float(scores[allowed]), float(scores[allowed - 1])
    middle = low + (high - low) / 2
    return middle if middle > low else high


def _at_or_above(scores: Array, thresholds: Array) -> Array:
    ordered = np.sort(scores)
    return (ordered.size - np.searchsorted(ordered, thresholds, side="left")).astype(np.float64)
