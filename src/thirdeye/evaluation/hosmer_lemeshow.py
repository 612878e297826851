"""Hosmer and Lemeshow's test: shown beside other measures of calibration, never alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.distributions import chi2_upper_p
from thirdeye.evaluation.inputs import check_binary, check_probabilities
from thirdeye.evaluation.scalars import check_count


@dataclass(frozen=True)
class HosmerLemeshow:
    """The test over groups of probability.

    Args:
        chi2: sum over groups of squared differences over their variance; NaN where a group has none.
        df: degrees of freedom: groups - 2 where the model was fitted to these cases, else groups.
        p: upper tail.
        groups: that were left after equal quantiles were merged.
    """

    chi2: float
    df: int
    p: float
    groups: int


def hosmer_lemeshow(
    labels: Any, probabilities: Any, *, groups: int = 10, fitted_here: bool
) -> HosmerLemeshow:
    """Observed against expected events in groups of equal size (Hosmer & Lemeshow 1980).

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        groups: between quantiles of the probability; equal quantiles are merged.
        fitted_here: whether the model was fitted to these very cases.

    Raises:
        UsageError: fewer than three groups asked for.
    """
    groups = check_count("groups", groups, 3, 10_000)
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, groups + 1)))
    place = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, max(edges.size - 2, 0))
    n = np.bincount(place)
    filled = n > 0
    observed = np.bincount(place, truth)[filled]
    expected = np.bincount(place, values)[filled]
    n = n[filled]
    df = n.size - 2 if fitted_here else n.size
    spread = expected * (1 - expected / n)
    if (spread <= 0).any() or df < 1:
        return HosmerLemeshow(float("nan"), df, float("nan"), n.size)
    with np.errstate(over="ignore"):  # an event where next to none was expected
        chi2 = float(((observed - expected) ** 2 / spread).sum())
    return HosmerLemeshow(chi2, df, chi2_upper_p(chi2, df), n.size)
