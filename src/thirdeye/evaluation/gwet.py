"""Gwet's AC1 and AC2: agreement of raters that extreme prevalence does not break; gaps allowed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.agreement import KappaWeights, disagreement
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.ratings import category_counts, check_counts


def gwet_of_counts(counts: Any, weights: KappaWeights = "unweighted") -> tuple[float, float]:
    """AC1 (or, with weights, AC2) of (n, k) counts, and its standard error (Gwet 2008, 2014 section 4).

    NaN for the standard error of fewer than two subjects. Raters may have left subjects out; subjects with
    one rating tell of prevalence alone.
    """
    table = check_counts(counts)
    table = table[table.sum(axis=1) > 0]
    n, k = table.shape
    credit = 1 - disagreement(k, weights) / disagreement(k, weights).max()
    raters = table.sum(axis=1)
    share = table / raters[:, None]
    prevalence = share.mean(axis=0)
    spread = credit.sum() / (k * (k - 1))
    by_chance = float(spread * (prevalence * (1 - prevalence)).sum())
    several = raters >= 2
    pairs = np.where(several, raters * (raters - 1.0), 1.0)
    agreed = (table * (table @ credit - 1)).sum(axis=1) / pairs
    observed = float(agreed[several].mean())
    value = (observed - by_chance) / (1 - by_chance)
    scale = n / int(several.sum())
    each = np.where(several, scale * (agreed - by_chance) / (1 - by_chance), 0.0)
    chance_of_each = spread * (share * (1 - prevalence)).sum(axis=1)
    each -= 2 * (1 - value) * (chance_of_each - by_chance) / (1 - by_chance)
    if n < 2:
        return value, math.nan
    return value, float(np.sqrt(((each - value) ** 2).sum() / (n * (n - 1))))


def gwet_ac(ratings: Any, *, k: int, weights: KappaWeights = "unweighted", level: float = 0.95) -> Metric:
    """AC1, or AC2 with weights, with the interval of its standard error (t distribution, n - 1).

    Args:
        ratings: (n, r) categories from 0 to `k` - 1, NaN where a rater did not rate.
        k: number of categories, in their order where `weights` are linear or quadratic.
        weights: "unweighted" gives AC1; "linear" and "quadratic" give AC2.
        level: confidence level.
    """
    from scipy.stats import t  # deferred: half a second, and only this interval needs it

    table = category_counts(ratings, k)
    name = "gwet_ac1" if weights == "unweighted" else f"gwet_ac2_{weights}"
    n = int((table.sum(axis=1) > 0).sum())
    if not (table.sum(axis=1) >= 2).any():
        return undefined(name, "no subject has two ratings", n=n)
    value, error = gwet_of_counts(table, weights)
    shared: dict[str, Any] = {
        "name": name, "value": value, "n": n, "n_clusters": n, "level": level,
        "convention": f"Gwet 2008, {weights} weights, {k} categories",
        "details": {"n_raters": int(np.asarray(ratings).shape[1])},
    }  # fmt: skip
    if math.isnan(error) or error == 0:
        return Metric(**shared, status="degenerate", reason="the subjects do not differ: no interval")
    half = float(t.ppf(0.5 + check_level(level) / 2, n - 1)) * error
    if n < MIN_EVENTS:
        shared |= {"status": "unstable", "reason": f"rests on {n} subjects, fewer than {MIN_EVENTS}"}
    return Metric(**shared, ci_low=value - half, ci_high=min(1.0, value + half), ci_method="gwet_2008_t")


def observed_agreement(counts: NDArray[np.int64]) -> float:
    """Share of pairs of ratings that agree, averaged over subjects with two ratings or more."""
    table = check_counts(counts)
    table = table[table.sum(axis=1) >= 2]
    raters = table.sum(axis=1)
    return float(((table * (table - 1)).sum(axis=1) / (raters * (raters - 1))).mean())
