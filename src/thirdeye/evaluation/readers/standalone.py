"""A network on its own against readers, on the same cases.

One reader stands alone, the others are random: the one-treatment analysis of Hillis and of RJafroc. Cases are
random unless the caller says otherwise: with cases fixed the result holds for these cases only, and its p can
come out ten times too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.readers.covariance import Method, covariance, figures
from thirdeye.evaluation.readers.merit import AUC, Merit
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Estimate, estimate


@dataclass(frozen=True)
class StandaloneComparison:
    """Readers against the network.

    Args:
        merit: figure of merit.
        network: its figure, with an interval over cases (NaN limits with fixed cases).
        readers: names.
        reader_figures: their figures, in the order of `readers`.
        reader_mean: mean of the readers.
        difference: readers minus network.
        cases_fixed: whether the result is about these cases only.
        conclusion: what the result extends to.
    """

    merit: str
    network: Estimate
    readers: tuple[str, ...]
    reader_figures: tuple[float, ...]
    reader_mean: Estimate
    difference: Estimate
    cases_fixed: bool
    conclusion: str


def against_readers(
    readings: Readings,
    network: str,
    *,
    merit: Merit = AUC,
    cases_fixed: bool = False,
    method: Method = "jackknife",
    level: float = 0.95,
) -> StandaloneComparison:
    """Compare a network with readers who read the same cases.

    Args:
        readings: one test; the network is one of its readers.
        network: name of the network among the readers.
        merit: figure of merit.
        cases_fixed: the result is about these cases only (a one-sample t test over readers).
        method: of the covariance.
        level: of the intervals.

    Raises:
        UsageError: no reader has that name, or there are several tests.
        DataRefused: fewer than two readers beside the network.
    """
    check_level(level)
    if network not in readings.readers:
        raise UsageError(f"no reader is called '{network}'; the readers are {', '.join(readings.readers)}")
    if len(readings.tests) != 1:
        raise UsageError(f"expected the readings of one test, got {len(readings.tests)}")
    if len(readings.readers) < 3:
        raise DataRefused(
            "two readers or more are needed beside the network; one reader is a paired comparison"
        )
    at = readings.readers.index(network)
    table = figures(readings, merit)[0]
    spread = covariance(readings, merit, method)
    others = np.delete(np.arange(table.size), at)
    differences = table[others] - table[at]
    shared = None if cases_fixed else _covariances_of_differences(spread, others, at)
    error, df = _error(differences, shared)
    own_error, own_df = _error(
        table[others], None if cases_fixed else _mean_off(spread[np.ix_(others, others)])
    )
    return StandaloneComparison(
        merit=merit.name,
        network=estimate(
            network, float(table[at]), float("nan") if cases_fixed else float(np.sqrt(spread[at, at])),
            float("inf"), level=level, tested=False,
        ),
        readers=tuple(readings.readers[j] for j in others),
        reader_figures=tuple(float(value) for value in table[others]),
        reader_mean=estimate(
            "mean of the readers", float(table[others].mean()), own_error, own_df, level=level, tested=False
        ),
        difference=estimate(
            f"readers - {network}", float(differences.mean()), error, df, level=level, tested=True
        ),
        cases_fixed=cases_fixed,
        conclusion="other readers, these cases only" if cases_fixed else "other readers and other cases",
    )  # fmt: skip


def _covariances_of_differences(spread: NDArray[np.float64], others: NDArray[np.int64], at: int) -> float:
    """Mean covariance of (reader j - network) and (reader k - network) over pairs of readers."""
    inner = spread[np.ix_(others, others)]
    cross = spread[others, at]
    between = inner - cross[:, None] - cross[None, :] + spread[at, at]
    return _mean_off(between)


def _mean_off(square: NDArray[np.float64]) -> float:
    size = len(square)
    return float(square.sum() - np.trace(square)) / (size * (size - 1))


def _error(values: NDArray[np.float64], shared: float | None) -> tuple[float, float]:
    """Standard error of the mean over readers and its degrees of freedom; `shared` is the mean covariance."""
    j = values.size
    between = float(values.var(ddof=1))
    if shared is None:
        return float(np.sqrt(between / j)), float(j - 1)
    total = between + max(j * shared, 0.0)
    df = total**2 / (between**2 / (j - 1)) if between > 0 else float("inf")
    return float(np.sqrt(total / j)), df
