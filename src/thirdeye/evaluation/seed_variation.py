"""What chance in training does to a figure, and an interval that holds both sources: cases and seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.metric import Metric, undefined

FEWEST = 2  # repetitions from which a standard deviation can be had


def between_seed_sd(values: Sequence[float], *, name: str = "auc", level: float = 0.95) -> Metric:
    """Standard deviation of a figure over trainings that differ by their seed alone.

    Args:
        values: one for each training, all on the same cases.
        name: of the figure.
        level: of the interval, which takes the figures as normal (chi-square).
    """
    given = _finite(values)
    fields: dict[str, Any] = {
        "name": f"{name}_between_seed_sd", "n": len(given), "level": check_level(level),
        "convention": "standard deviation over trainings with other seeds on the same cases; n: trainings",
    }  # fmt: skip
    if len(given) < FEWEST:
        return undefined(reason=f"{len(given)} trainings; a spread needs {FEWEST}", **fields)
    sd = float(np.std(given, ddof=1))
    details = {"mean": float(np.mean(given)), "lowest": min(given), "highest": max(given)}
    if sd == 0:
        return Metric(
            value=0.0, status="degenerate", reason="all trainings reach the same figure", details=details,
            **fields,
        )  # fmt: skip
    from scipy.special import chdtri

    df, tail = len(given) - 1, 0.5 - level / 2
    low, high = (sd * math.sqrt(df / float(chdtri(df, p))) for p in (tail, 1 - tail))
    return Metric(value=sd, ci_low=low, ci_high=high, ci_method="chi_square", details=details, **fields)


def excess_sd(values: Sequence[float], standard_errors: Sequence[float]) -> float:
    """Standard deviation that remains when the cases' part is taken off; 0 where they explain all.

    For figures that each rest on other cases, as those of the folds do (method of moments, as between
    studies: DerSimonian & Laird 1986, Control Clin Trials 7, with equal weights).

    Args:
        values: two or more figures.
        standard_errors: of each, from its cases.
    """
    given, errors = _finite(values), _finite(standard_errors)
    if len(given) < FEWEST or len(given) != len(errors):
        raise UsageError(
            f"expected {FEWEST} or more figures, each with its standard error, got {len(given)} and "
            f"{len(errors)}"
        )
    return math.sqrt(max(0.0, float(np.var(given, ddof=1)) - float(np.mean(np.square(errors)))))


def seed_interval(
    values: Sequence[float], standard_error: float, sd: float, *, n_seeds: int, n: int, name: str = "auc",
    level: float = 0.95,
) -> Metric:  # fmt: skip
    """Where the figure of another training, measured on other cases of the same kind, is to be expected.

    The variances of both sources add up; the quantile is Student's with Satterthwaite's degrees of freedom,
    for a standard deviation known from `n_seeds` trainings only.

    Args:
        values: figures of one training or several on the same cases; the interval lies around their mean.
        standard_error: of one figure, from its cases.
        sd: between seeds.
        n_seeds: trainings from which `sd` is known, 2 or more.
        n: cases.
        name: of the figure, an area under the curve from 0 to 1.
        level: of the interval.
    """
    given = _finite(values)
    if not given or standard_error < 0 or sd < 0 or n_seeds < FEWEST:
        raise UsageError(
            f"expected a figure, a standard error and a spread of {FEWEST} trainings or more, got {given}, "
            f"{standard_error}, {sd} and {n_seeds}"
        )
    from scipy.special import stdtrit

    total = standard_error**2 + sd**2
    df = total**2 / (sd**4 / (n_seeds - 1)) if sd > 0 else 1e9
    middle = float(np.mean(given))
    half = float(stdtrit(df, 0.5 + check_level(level) / 2)) * math.sqrt(total)
    return Metric(
        name=f"{name}_seed_interval", value=middle, n=n, level=level,
        ci_low=max(0.0, middle - half), ci_high=min(1.0, middle + half), ci_method="cases_and_seeds",
        convention="of another training on other cases of the same kind; limits kept within 0 to 1",
        details={"standard_error_cases": standard_error, "between_seed_sd": sd, "n_seeds": n_seeds},
    )  # fmt: skip


def seed_verdict(interval: Metric, spread: Metric, *, of: str = "trainings") -> str:
    """What chance in training does, beside what the choice of cases does, in two sentences.

    Args:
        interval: from `seed_interval`.
        spread: from `between_seed_sd`.
        of: what was repeated, in the plural.
    """
    word = "macro AUC" if interval.name.startswith("auc_macro") else "AUC"
    sd = float(interval.details["between_seed_sd"] or 0.0)
    se = float(interval.details["standard_error_cases"] or 0.0)
    weight = (
        "chance in training weighs more than the choice of cases"
        if sd > se
        else "the choice of cases weighs more than chance in training"
    )
    return (
        f"Training with another seed would be expected to move the {word} by {sd:.3f} (standard deviation "
        f"over {spread.n} {of}), other cases by {se:.3f}: {weight}. With both, the {word} is "
        f"{interval.value:.3f} ({interval.ci_low:.3f} to {interval.ci_high:.3f})."
    )


def _finite(values: Sequence[float]) -> list[float]:
    given = [float(value) for value in values]
    if not all(map(math.isfinite, given)):
        raise UsageError(f"expected finite numbers, got {given}")
    return given
