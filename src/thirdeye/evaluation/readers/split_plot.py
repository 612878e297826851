"""Groups of readers, each with cases of its own: mean squares and covariances within groups.

Obuchowski, Gallas & Hillis 2012 (Acad Radiol 19); Hillis 2014 (Stat Med 33, mixed split-plot). Readers of two
groups share no case, so that only readers of one group vary together; r readers in groups of m_g enter the
error of a mean as sum(m_g^2) / r readers who share their cases. One group gives the crossed analysis back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.readers.components import Components, MeanSquares

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sharing:
    """How readers share cases.

    Args:
        readers: number of readers.
        shared: sum of squared group sizes over readers: how many vary with one of them, itself included.
        free: readers minus groups, the degrees of freedom between readers.
    """

    readers: int
    shared: float
    free: int


def crossed(readers: int) -> Sharing:
    """Every reader shares the cases of every other."""
    return Sharing(readers, float(readers), readers - 1)


def sharing_of(groups: tuple[int, ...]) -> Sharing:
    """From the group of each reader; readers who are each a group of their own count as crossed.

    (With cases nested in readers no two readers vary together, and Cov2 and Cov3 are 0.)
    """
    sizes = np.bincount(groups)
    if sizes.size in (1, len(groups)):
        return crossed(len(groups))
    return Sharing(len(groups), float((sizes**2).sum()) / len(groups), len(groups) - sizes.size)


def within_groups(
    table: Array, spread: Array, groups: tuple[int, ...], squares: MeanSquares, parts: Components
) -> tuple[MeanSquares, Components]:
    """Mean squares and covariances between readers of one group.

    Args:
        table: (T, R) figures.
        spread: (T * R, T * R) covariance, tests varying slowest.
        groups: (R,) group of each reader.
        squares, parts: of all readers together.
    """
    t, r = table.shape
    code = np.asarray(groups)
    member = code[None, :] == np.unique(code)[:, None]  # (G, R)
    centre = (table @ member.T) / member.sum(axis=1)  # (T, G)
    about = table - centre[:, code_places(code)]  # within test and group
    free = r - len(member)
    rest = about - about.mean(axis=0)
    pairs = (code[:, None] == code[None, :]) & ~np.eye(r, dtype=bool)
    cells = spread.reshape(t, r, t, r)
    same = np.array([cells[i, :, i, :][pairs].mean() for i in range(t)])
    other = [cells[i, :, k, :][pairs].mean() for i in range(t) for k in range(t) if i != k]
    neither = float(np.mean(other)) if other else float("nan")
    inner = replace(
        squares,
        interaction=float((rest**2).sum()) / ((t - 1) * free) if t > 1 else float("nan"),
        reader=t * float((about.mean(axis=0) ** 2).sum()) / free,
        reader_of_test=(about**2).sum(axis=1) / free,
    )
    same_test = float(same.mean())
    return inner, replace(
        parts,
        same_test=same_test,
        neither=neither,
        same_test_of_test=same,
        reader=(inner.reader - inner.interaction) / t - parts.same_reader + neither,
        interaction=inner.interaction - parts.error + parts.same_reader + same_test - neither,
    )


def code_places(code: NDArray[np.int64]) -> NDArray[np.intp]:
    """Position of each reader's group among the groups."""
    return np.searchsorted(np.unique(code), code)
