"""Past cases that were seen through the same members, next to each other: searched whole or by lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.similar.gallery import Gallery, Group
from thirdeye.inference.similar.lists import Lists
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.search import similarities

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Run:
    """Rows of one group of one gallery.

    Args:
        members: through which they were seen.
        vectors: (n, D); may lie on disk.
        first: place of the first row among all past cases.
        lists: which rows to look at; None: all.
    """

    members: Group
    vectors: NDArray[np.floating]
    first: int
    lists: Lists | None

    def everything(self, query: Floats) -> Floats:
        """(n,) of a query (D,)."""
        return similarities(self.vectors, query)

    def looked_at(self, query: Floats, factor: int) -> tuple[Rows, Floats, bool]:
        """Places among all past cases, inner products, and whether these are all rows of the run.

        Args:
            query: (D,).
            factor: how many times the usual number of lists; from half of the lists on all rows are read.
        """
        if self.lists is None or 2 * factor * self.lists.visited >= len(self.lists.centres):
            return np.arange(self.first, self.first + len(self.vectors)), self.everything(query), True
        rows, found = self.lists.similarities(self.vectors, query, factor * self.lists.visited)
        return rows + self.first, found, False


def runs_of(galleries: tuple[Gallery, ...], measure: Measure, *, by_lists: bool) -> tuple[Run, ...]:
    """All rows of all galleries, in order.

    Args:
        galleries: past cases.
        measure: of likeness, which says how wide a vector is.
        by_lists: whether to use lists where there are any.
    """
    found, first = [], 0
    for gallery in galleries:
        start, vectors = 0, np.asarray(gallery.vectors)
        for at, (members, count) in enumerate(gallery.groups):
            rows = vectors[start : start + count, : len(members) * measure.basis.shape[2]]
            lists = gallery.lists[at] if by_lists and gallery.lists else None
            found.append(Run(members, rows, first + start, lists))
            start += count
        first += len(gallery.cases)
    return tuple(found)
