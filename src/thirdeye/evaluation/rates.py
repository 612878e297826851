"""Rates of a yes-or-no call against the truth, each with its interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import bootstrap_metric
from thirdeye.evaluation.confusion import balanced_accuracy, f1_of_classes, mcc
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion


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


def composite_metrics(
    totals: NDArray[np.float64], draws: NDArray[np.float64], *, positive: int | None, n_clusters: int,
    level: float,
) -> list[Metric]:  # fmt: skip
    """Balanced accuracy, F1 and Matthews' correlation with bootstrap intervals.

    Args:
        totals: (3 K,) hits, truth and predicted of each class.
        draws: (B, 3 K) the same in each resample.
        positive: the class that F1 is about; None for the unweighted mean over classes.
        n_clusters: resampled units.
        level: confidence level.
    """
    k = totals.size // 3
    parts = [(part[..., :k], part[..., k : 2 * k], part[..., 2 * k :]) for part in (totals, draws)]
    values = [(balanced_accuracy(h, t), _f1(h, t, c, positive), mcc(h, t, c)) for h, t, c in parts]
    n, fewest = int(parts[0][1].sum()), int(parts[0][1].min())
    named = [
        ("balanced_accuracy", "mean of the recalls of all classes", "a class is absent"),
        ("f1", _f1_convention(positive), "a class is neither present nor called"),
        ("mcc", "Matthews' correlation; for many classes R_K", "all truths or all calls are the same class"),
    ]
    return [
        bootstrap_metric(
            name, float(values[0][i]), values[1][i], reason=reason, n=n, n_clusters=n_clusters,
            groups_of=fewest, level=level, convention=convention,
        )
        for i, (name, convention, reason) in enumerate(named)
    ]  # fmt: skip


def _f1(
    hits: NDArray[np.float64], truth: NDArray[np.float64], called: NDArray[np.float64], positive: int | None
) -> NDArray[np.float64]:
    by_class = f1_of_classes(hits, truth, called)
    return by_class.mean(axis=-1) if positive is None else by_class[..., positive]


def _f1_convention(positive: int | None) -> str:
    return "unweighted mean over classes" if positive is None else "of the positive class"
