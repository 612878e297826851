"""Decisions where wrong answers are not equally bad: the class with the least expected penalty.

Source of the rule: Bayes decision under a loss matrix (Berger, "Statistical Decision Theory", 1985). With one
penalty for every error it is the most probable class.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_class_indices, check_numbers
from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.evaluation.metric import Metric

Penalties = NDArray[np.float64]
Calls = NDArray[np.int64]


def penalty_matrix(penalties: Any, k: int) -> Penalties:
    """(K, K) penalties: row the truth, column the call.

    Args:
        penalties: K rows of K numbers, or the K * K numbers row after row.
        k: classes.

    Raises:
        UsageError: another count, a negative or infinite number, or a right answer that is penalised.
    """
    matrix = check_numbers("penalties", penalties)
    if matrix.size != k * k:
        raise UsageError(
            f"penalties of {k} classes are {k} rows (the truth) of {k} numbers (the call); got {matrix.size} "
            "numbers"
        )
    matrix = matrix.reshape(k, k)
    if not np.isfinite(matrix).all() or (matrix < 0).any() or matrix.diagonal().any():
        raise UsageError("penalties are numbers from 0, and 0 for the right answer (the diagonal)")
    return matrix


def least_penalty(probabilities: NDArray[np.floating], penalties: Penalties) -> Calls:
    """(n,) the class whose expected penalty is the least; of several alike the most probable.

    Args:
        probabilities: (n, K) calibrated, rows sum to 1.
        penalties: (K, K) of `penalty_matrix`.
    """
    expected = np.asarray(probabilities, np.float64) @ penalties
    tied = expected <= expected.min(axis=1, keepdims=True) + 1e-12
    return np.asarray(np.where(tied, probabilities, -1.0).argmax(axis=1), np.int64)


def penalty_score(
    labels: Any, called: Any, penalties: Penalties, *, clusters: Any = None, level: float = 0.95
) -> Metric:
    """The mean penalty of a case, with an interval over patients; less is better.

    Args:
        labels, called: (n,) class indices: the truth, and what was said.
        penalties: (K, K) of `penalty_matrix`.
        clusters: (n,) patient of each case, or None.
        level: confidence level.
    """
    truth = check_class_indices(labels, len(penalties))
    said = check_class_indices(called, len(penalties))
    return mean_of_cases(
        penalties[truth, said], name="penalty", clusters=clusters, least=0.0, most=float(penalties.max()),
        level=level, convention="mean penalty of a case; row the truth, column the call",
    )  # fmt: skip
