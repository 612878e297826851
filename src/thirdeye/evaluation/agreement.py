"""Agreement beyond chance between two raters, or between a model's grades and the reference."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, bootstrap_metric, resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.confusion import confusion_matrix
from thirdeye.evaluation.inputs import Clusters, check_class_indices, check_clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.ratings import check_square_counts
from thirdeye.evaluation.scalars import check_count

KappaWeights = Literal["unweighted", "linear", "quadratic"]


def disagreement(k: int, weights: KappaWeights = "unweighted") -> NDArray[np.float64]:
    """Cost of rating i where the other rated j, (k, k): 0 on the diagonal.

    Raises:
        UsageError: unknown weights.
    """
    k = check_count("the number of categories", k, 1, 10_000)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    if weights == "unweighted":
        return (apart > 0).astype(np.float64)
    if weights == "linear":
        return apart
    if weights == "quadratic":
        return apart**2
    raise UsageError(f"no kappa weights are called '{weights}'; there are unweighted, linear and quadratic")


def kappa_of_table(table: NDArray[Any], weights: KappaWeights = "unweighted") -> float:
    """Cohen's (weighted) kappa of a (k, k) table of counts (Cohen 1960, 1968).

    The order of rows and columns is that of the categories. NaN where both raters are constant and equal
    (0/0), which is no agreement of 1.
    """
    table = check_square_counts(table)
    n = table.sum()
    cost = disagreement(len(table), weights)
    expected = float((cost * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    return 1 - float((cost * table).sum()) * float(n) / expected if expected > 0 else float("nan")


def kappa_standard_error(table: NDArray[Any], weights: KappaWeights = "unweighted") -> float:
    """Large-sample standard error of (weighted) kappa (Fleiss, Cohen & Everitt 1969); NaN for 0/0."""
    table = check_square_counts(table)
    cost = disagreement(len(table), weights)
    if not cost.any() or np.isnan(value := kappa_of_table(table, weights)):
        return float("nan")
    share, credit = table / table.sum(), 1 - cost / cost.max()
    rows, cols = share.sum(axis=1), share.sum(axis=0)
    by_chance = float(rows @ credit @ cols)
    average = (credit @ cols)[:, None] + (rows @ credit)[None, :]
    spread = float((share * (credit - average * (1 - value)) ** 2).sum())
    variance = (spread - (value - by_chance * (1 - value)) ** 2) / (table.sum() * (1 - by_chance) ** 2)
    return float(max(variance, 0.0)) ** 0.5


def kappa_null_error(table: NDArray[Any], weights: KappaWeights = "unweighted") -> float:
    """Standard error of (weighted) kappa where there is no agreement beyond chance; kappa over it is z.

    Fleiss, Cohen & Everitt 1969, equation 9; NaN for 0/0.
    """
    table = check_square_counts(table)
    cost = disagreement(len(table), weights)
    if not cost.any() or np.isnan(kappa_of_table(table, weights)):
        return float("nan")
    share, credit = table / table.sum(), 1 - cost / cost.max()
    rows, cols = share.sum(axis=1), share.sum(axis=0)
    by_chance = float(rows @ credit @ cols)
    average = (credit @ cols)[:, None] + (rows @ credit)[None, :]
    spread = float((np.outer(rows, cols) * (credit - average) ** 2).sum()) - by_chance**2
    return float(max(spread, 0.0) / table.sum()) ** 0.5 / (1 - by_chance)


def gwet_ac1(table: NDArray[Any]) -> float:
    """Gwet's AC1 (2008) of a (k, k) table, for extreme prevalence; NaN for an empty table."""
    table = check_square_counts(table)
    k, n = len(table), float(table.sum())
    if n == 0 or k < 2:
        return float("nan")
    share = (table.sum(axis=0) + table.sum(axis=1)) / (2 * n)
    by_chance = float((share * (1 - share)).sum()) / (k - 1)
    return (float(np.trace(table)) / n - by_chance) / (1 - by_chance)


def kappa_statistic(
    one: NDArray[np.int64], other: NDArray[np.int64], *, k: int, weights: KappaWeights, clusters: Clusters
) -> Statistic:
    """Weighted kappa of each resample, (b, 1), from sums over clusters."""
    cost = disagreement(k, weights)
    columns = np.concatenate([cost[one, other][:, None], np.eye(k)[one], np.eye(k)[other]], axis=1)
    sums = totals_statistic(columns, clusters)

    def statistic(resampled: Weights) -> NDArray[np.float64]:
        totals = sums(resampled)
        rows, cols = totals[:, 1 : k + 1], totals[:, k + 1 :]
        expected = np.einsum("bi,ij,bj->b", rows, cost, cols)
        observed = totals[:, 0] * rows.sum(axis=1)
        blank = np.full(expected.shape, np.nan)
        return 1 - np.divide(observed, expected, out=blank, where=expected > 0)[:, None]

    return statistic


def kappa(
    one: Any, other: Any, *, k: int, weights: KappaWeights = "quadratic", clusters: Any = None,
    level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """Cohen's kappa with a bootstrap interval by cluster.

    Args:
        one, other: (n,) categories from 0 to `k` - 1, in their order.
        k: number of categories, absent ones included.
        weights: "unweighted", "linear" or "quadratic".
        clusters: (n,) patient of each row, or None.
        level: confidence level.
        n_resamples, seed: of the bootstrap.
    """
    first, second = check_class_indices(one, k), check_class_indices(other, k)
    value = kappa_of_table(confusion_matrix(first, second, k=k), weights)
    groups = check_clusters(clusters, first.size)
    statistic = kappa_statistic(first, second, k=k, weights=weights, clusters=groups)
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    name = "kappa" if weights == "unweighted" else f"{weights}_kappa"
    return bootstrap_metric(
        name, value, draws, reason="both raters use one and the same category: 0/0", n=first.size,
        n_clusters=groups.count, groups_of=first.size, level=level,
        convention=f"Cohen's kappa, {weights} weights, {k} categories in their order",
    )  # fmt: skip
