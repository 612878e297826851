"""Area under the ROC of single pixels: the measure that vessels in the fundus are published with.

Pixels of an image are no independent cases: the interval clusters by patient (or image). Scores are counted
in narrow steps, image by image, so that memory does not grow with the number of pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import ClusterSums, obuchowski_covariance
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_clusters, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

NAME = "pixel_auc"
STEPS = 4096
FURTHEST = 16.0  # log odds beyond which all scores count as one
CONVENTION = "every pixel is a case, ties count half; interval by clusters (Obuchowski 1997)"

Counts = NDArray[np.int64]


def pixel_counts(log_odds: Any, marked: Any, known: Any = None) -> Counts:
    """How many pixels of one image have which score: (2, `STEPS`), unmarked ones first.

    Args:
        log_odds: of a pixel being marked, any shape, finite.
        marked: whether the reference marks it, of the same shape.
        known: whether it takes part; None: all do.

    Raises:
        UsageError: shapes differ, or a score is not finite.
    """
    scores = check_numbers("log_odds", log_odds)
    truth = check_numbers("marked", marked) != 0
    if scores.shape != truth.shape or not np.isfinite(scores).all():
        raise UsageError(
            f"pixels need finite scores, one for each of {truth.shape} marks; got scores of {scores.shape}"
        )
    part = np.ones(truth.shape, bool) if known is None else np.asarray(known, bool)
    within = scores[part].clip(-FURTHEST, FURTHEST).astype(np.float32)
    places = ((within + FURTHEST) * np.float32(STEPS / (2 * FURTHEST))).clip(0, STEPS - 1)
    codes = places.astype(np.int64) + STEPS * truth[part]
    return np.bincount(codes, minlength=2 * STEPS).reshape(2, STEPS)


def pixel_auc(
    counts: Mapping[str, Counts],
    *,
    clusters: Mapping[str, str] | None,
    class_name: str | None = None,
    level: float = 0.95,
) -> Metric:
    """AUC over the pixels of all images, with an interval that clusters by patient.

    Args:
        counts: name of an image to its `pixel_counts`.
        clusters: name of an image to its patient; None takes each image for a patient.
        class_name: what is marked.
        level: confidence level.
    """
    names = list(counts)
    groups = check_clusters(None if clusters is None else [clusters[name] for name in names], len(names))
    table = np.zeros((groups.count, 2, STEPS), np.int64)
    for name, code in zip(names, groups.codes, strict=True):
        table[code] += counts[name]
    n_neg, n_pos = (int(one) for one in table.sum(axis=(0, 2)))
    fields: dict[str, Any] = {
        "n": len(names), "n_pos": n_pos, "n_neg": n_neg, "n_units": n_pos + n_neg,
        "n_clusters": groups.count, "level": level, "convention": CONVENTION, "class_name": class_name,
    }  # fmt: skip
    if not n_pos or not n_neg:
        return undefined(NAME, f"one class only: {n_pos} marked and {n_neg} unmarked pixels", **fields)
    value, sums = _sums(table, n_pos, n_neg)
    variance = obuchowski_covariance(sums, sums)
    if variance is None:
        reason = "pixels of fewer than two independent images: no interval can be given"
        return Metric(name=NAME, value=value, status="unstable", reason=reason, **fields)
    if groups.count < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"fewer than {MIN_EVENTS} independent images"}
    half = two_sided_z(level) * max(variance, 0.0) ** 0.5
    return Metric(
        name=NAME, value=value, ci_low=max(value - half, 0.0), ci_high=min(value + half, 1.0),
        ci_method="obuchowski_1997", **fields,
    )  # fmt: skip


def _sums(table: Counts, n_pos: int, n_neg: int) -> tuple[float, ClusterSums]:
    """AUC, and its centred components by cluster."""
    negative, positive = table[:, 0].astype(np.float64), table[:, 1].astype(np.float64)
    below = _halfway(negative.sum(axis=0)) / n_neg  # share of unmarked pixels below each step
    above = 1 - _halfway(positive.sum(axis=0)) / n_pos  # share of marked pixels above it
    value = float(positive.sum(axis=0) @ below) / n_pos
    of_pos, of_neg = positive.sum(axis=1), negative.sum(axis=1)
    return value, ClusterSums(
        positive @ below - of_pos * value, negative @ above - of_neg * value, of_pos > 0, of_neg > 0,
        n_pos, n_neg,
    )  # fmt: skip


def _halfway(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    up_to: NDArray[np.float64] = np.cumsum(counts) - counts / 2
    return up_to
