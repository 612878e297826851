"""Rates of a yes-or-no call against the truth, each with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import bootstrap_metric
from thirdeye.evaluation.confusion import balanced_accuracy, f1_of_classes, mcc
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import clopper_pearson, proportion


def rate_metrics(
    truth: NDArray[np.bool_], called: NDArray[np.bool_], *, groups: Clusters, level: float
) -> list[Metric]:
    """Sensitivity, specificity, PPV, NPV and accuracy; the prevalence stands beside the predictive values.

    Args:
        truth, called: (n,) whether the case is positive, and is called so.
        groups: patient of each row.
        level: confidence level.
    """
    right = truth == called
    everyone = np.ones(truth.shape, dtype=bool)
    plan = [
        ("sensitivity", truth, "no case has the condition"),
        ("specificity", ~truth, "every case has the condition"),
        ("ppv", called, "no case was called positive"),
        ("npv", ~called, "no case was called negative"),
        ("accuracy", everyone, "no case"),
    ]
    prevalence = float(truth.mean())
    metrics = []
    for name, rows, empty in plan:
        metric = proportion(right[rows], name=name, clusters=_among(groups, rows), level=level, empty=empty)
        extra = {"prevalence": prevalence} if name in ("ppv", "npv") else {}
        counts = {"n_pos": int(truth.sum()), "n_neg": int((~truth).sum())}
        metrics.append(metric.with_(details={**metric.details, **extra}, **counts))
    return metrics


def _among(groups: Clusters, rows: NDArray[np.bool_]) -> Clusters | None:
    return groups.of(rows) if rows.any() and groups.repeated else None


def prevalence_metric(truth: NDArray[np.bool_], *, groups: Clusters, level: float) -> Metric:
    """The share of cases with the condition in this set."""
    metric = proportion(truth, name="prevalence", clusters=groups, level=level, convention="in this set")
    return metric.with_(n_pos=int(truth.sum()), n_neg=int((~truth).sum()))


def units_of(labels: NDArray[Any], groups: Clusters, *, k: int) -> NDArray[np.int64]:
    """Clusters that hold a case of each class, (k,), for (n,) class numbers."""
    held = np.zeros((groups.count, k), dtype=bool)
    held[groups.codes, np.asarray(labels, dtype=np.int64)] = True
    return held.sum(axis=0)


def composite_metrics(
    totals: NDArray[np.float64], draws: NDArray[np.float64], *, units: NDArray[np.int64],
    positive: int | None, n_clusters: int, level: float,
) -> list[Metric]:  # fmt: skip
    """Balanced accuracy, F1 and Matthews' correlation with bootstrap intervals.

    Args:
        totals: (3 K,) hits, truth and predicted of each class.
        draws: (B, 3 K) the same in each resample.
        units: (K,) independent units (patients) of each class, for the bound where every call is right.
        positive: the class that F1 is about; None for the unweighted mean over classes.
        n_clusters: resampled units.
        level: confidence level.
    """
    k = totals.size // 3
    truth = totals[k : 2 * k]
    values, drawn = _composites(totals, positive), _composites(draws, positive)
    perfect = bool((totals[:k] == truth).all() and (truth > 0).all())
    bounds = _composites(_worst_case(truth, units, level), positive) if perfect else None
    named = [
        ("balanced_accuracy", "mean of the recalls of all classes", "a class is absent"),
        ("f1", _f1_convention(positive), "a class is neither present nor called"),
        ("mcc", "Matthews' correlation; for many classes R_K", "all truths or all calls are the same class"),
    ]
    metrics = []
    for i, (name, convention, reason) in enumerate(named):
        metric = bootstrap_metric(
            name, float(values[i]), drawn[i], reason=reason, n=int(truth.sum()), n_clusters=n_clusters,
            groups_of=int(truth.min()), level=level, convention=convention,
        )  # fmt: skip
        metrics.append(metric if bounds is None else _bounded(metric, float(bounds[i])))
    return metrics


def _composites(totals: NDArray[np.float64], positive: int | None) -> list[NDArray[np.float64]]:
    k = totals.shape[-1] // 3
    hits, truth, called = totals[..., :k], totals[..., k : 2 * k], totals[..., 2 * k :]
    return [balanced_accuracy(hits, truth), _f1(hits, truth, called, positive), mcc(hits, truth, called)]


def _worst_case(truth: NDArray[np.float64], units: NDArray[np.int64], level: float) -> NDArray[np.float64]:
    """Totals with every recall at its exact lower limit and its errors spread over the other classes.

    Each limit is Clopper and Pearson's for all of a class's units right, at a level that makes all of them
    hold together (Bonferroni); the measures fall with the recalls, so theirs is a lower limit too.
    """
    k = truth.size
    each = 1 - (1 - level) / k
    hits = truth * [clopper_pearson(int(count), int(count), each).low for count in units]
    missed = truth - hits
    return np.concatenate([hits, truth, hits + (missed.sum() - missed) / (k - 1)])


def _bounded(metric: Metric, low: float) -> Metric:
    return metric.with_(
        ci_low=low, ci_high=1.0, ci_method="exact_bound_of_perfect_calls", status="degenerate",
        reason="every call is right: no resample differs; exact bound from the units of each class",
    )  # fmt: skip


def _f1(
    hits: NDArray[np.float64], truth: NDArray[np.float64], called: NDArray[np.float64], positive: int | None
) -> NDArray[np.float64]:
    by_class = f1_of_classes(hits, truth, called)
    return by_class.mean(axis=-1) if positive is None else by_class[..., positive]


def _f1_convention(positive: int | None) -> str:
    return "unweighted mean over classes" if positive is None else "of the positive class"
