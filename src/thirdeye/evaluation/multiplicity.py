"""p values of several tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_numbers
from thirdeye.evaluation.scalars import check_share

Method = Literal["bonferroni", "holm", "hochberg", "hommel", "bh", "by"]


def adjusted(p_values: Any, method: Method) -> NDArray[np.float64]:
    """Adjusted p values, in the order in which they came.

    Args:
        p_values: (m,) from 0 to 1.
        method: "bonferroni" and "holm" keep the chance of any false finding below alpha whatever the
            dependence, "hochberg" and "hommel" where Simes' inequality holds (positive dependence); "bh"
            keeps the expected share of false findings below it under positive dependence, "by" under any.

    Raises:
        UsageError: an unknown method.
        DataRefused: a p value outside 0 to 1.
    """
    if method not in get_args(Method):
        raise UsageError(f"no adjustment is called '{method}'; choose {', '.join(get_args(Method))}")
    p = _checked(p_values)
    if p.size == 0:
        return p
    order = np.argsort(p, kind="stable")
    result = np.empty_like(p)
    result[order] = np.minimum(1.0, _sorted(p[order], method))
    return result


def gatekeeping(p_values: Sequence[float], *, alpha: float = 0.05) -> tuple[bool, ...]:
    """Which hypotheses are shown when they are tested in a stated order, each only if all before it were.

    Args:
        p_values: in the order fixed beforehand, from 0 to 1.
        alpha: level of every test and of the whole family.
    """
    check_share("alpha", alpha)
    shown, open_gate = [], True
    for p in _checked(p_values):
        open_gate = open_gate and p <= alpha
        shown.append(open_gate)
    return tuple(shown)


def _sorted(p: NDArray[np.float64], method: Method) -> NDArray[np.float64]:
    m = p.size
    rank = np.arange(1, m + 1)
    if method == "bonferroni":
        return m * p
    if method == "holm":
        return np.maximum.accumulate((m - rank + 1) * p)
    if method == "hommel":
        return _hommel(p)
    factor = {
        "hochberg": (m - rank + 1).astype(np.float64),
        "bh": m / rank,
        "by": m / rank * (1 / rank).sum(),
    }[method]
    return np.minimum.accumulate((factor * p)[::-1])[::-1]


def _hommel(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Wright 1992 (Biometrics 48), the algorithm of R's p.adjust."""
    m = p.size
    rank = np.arange(1, m + 1)
    smallest = float((m * p / rank).min())
    q = np.full(m, smallest)
    best = q.copy()
    for size in range(m - 1, 1, -1):
        head, tail = np.arange(m - size + 1), np.arange(m - size + 1, m)
        least = float((size * p[tail] / np.arange(2, size + 1)).min())
        q[head] = np.minimum(size * p[head], least)
        q[tail] = q[m - size]
        best = np.maximum(best, q)
    return np.maximum(best, p)


def _checked(p_values: Any) -> NDArray[np.float64]:
    """(m,) from 0 to 1."""
    p = check_numbers("p values", p_values).ravel()
    if not ((p >= 0) & (p <= 1)).all():
        wrong = int(np.flatnonzero(~((p >= 0) & (p <= 1)))[0])
        raise DataRefused(f"p value {p[wrong]} at position {wrong} lies outside 0 to 1")
    return p
