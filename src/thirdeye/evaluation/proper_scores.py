"""Losses of probabilities: Brier and logarithmic, with intervals over clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import bootstrap_metric
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_probabilities
from thirdeye.evaluation.logistic import CLIP
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, Status


def brier(labels: Any, probabilities: Any, *, clusters: Any = None, level: float = 0.95) -> Metric:
    """Brier score of the positive class (Brier 1950): mean squared difference, 0 to 1.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    truth = check_binary(labels)
    losses = (check_probabilities(probabilities, truth.size) - truth) ** 2
    m = int(truth.sum())
    return mean_metric(
        losses, name="brier", clusters=clusters, level=level, n_pos=m, n_neg=truth.size - m,
        convention="mean squared difference, 0 to 1",
    )  # fmt: skip


def log_loss(labels: Any, probabilities: Any, *, clusters: Any = None, level: float = 0.95) -> Metric:
    """Mean of -ln of the probability given to what happened; clipped at `CLIP`, with the number clipped.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    given = np.where(truth, values, 1 - values)
    clipped = np.maximum(given, CLIP)
    return mean_metric(
        -np.log(clipped), name="log_loss", clusters=clusters, level=level, n_pos=int(truth.sum()),
        n_neg=int((~truth).sum()),
        convention=f"natural logarithm; probabilities of what happened raised to at least {CLIP:g}",
        details={"n_clipped": int((clipped != given).sum())},
    )  # fmt: skip


def brier_columns(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each case adds to the squared differences, the events and the cases, (n, 3)."""
    return np.column_stack([(probabilities - labels) ** 2, labels, np.ones(labels.size)])


def brier_scaled(
    labels: NDArray[np.bool_], probabilities: NDArray[np.float64], draws: NDArray[np.float64], *,
    clusters: Any = None, level: float = 0.95,
) -> Metric:  # fmt: skip
    """1 - Brier / Brier of the prevalence (index of prediction accuracy; Kattan & Gerds 2018).

    Args:
        labels, probabilities: (n,) as `brier`.
        draws: (B, 3) resampled sums of `brier_columns`.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    groups, m, n = check_clusters(clusters, labels.size), int(labels.sum()), labels.size
    sums = np.concatenate([draws, brier_columns(labels, probabilities).sum(axis=0)[None]])
    rate, loss = sums[:, 1] / sums[:, 2], sums[:, 0] / sums[:, 2]
    spread = rate * (1 - rate)
    share = np.divide(loss, spread, out=np.full(len(sums), np.nan), where=spread > 1e-12)
    return bootstrap_metric(
        "brier_scaled", 1 - float(share[-1]), 1 - share[:-1], reason="one class only: no reference to beat",
        n=n, n_clusters=groups.count, groups_of=min(m, n - m), level=level, n_pos=m, n_neg=n - m,
        convention="1 - Brier / (prevalence x (1 - prevalence)); 1 is perfect, 0 is the prevalence alone",
    )  # fmt: skip


def mean_metric(
    losses: NDArray[np.float64], *, name: str, clusters: Any = None, level: float = 0.95, **fields: Any
) -> Metric:
    """The mean of a loss with a normal interval over clusters.

    Args:
        losses: (n,) finite, at least one.
        name: name of the metric.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
        fields: further fields of the metric.
    """
    groups = check_clusters(clusters, losses.size)
    mean = clustered_mean(losses, groups)
    fields |= {"n": losses.size, "n_clusters": groups.count, "level": level}
    if not mean.standard_error:
        reason = "the losses do not vary: no interval" if groups.count > 1 else "one cluster: no interval"
        status: Status = "degenerate" if groups.count > 1 else "unstable"
        return Metric(name=name, value=mean.value, status=status, reason=reason, **fields)
    half = two_sided_z(level) * mean.standard_error
    method = "clustered_ratio_estimator" if groups.repeated else "normal"
    if groups.count < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {groups.count} clusters"}
    return Metric(
        name=name, value=mean.value, ci_low=max(mean.value - half, 0.0), ci_high=mean.value + half,
        ci_method=method, **fields,
    )  # fmt: skip
