"""Runs of one grey level along a line, GLRLM (Galloway 1975; IBSI 3.7)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.radiomics.emphasis import emphases
from thirdeye.transform.radiomics.region import Offset, Region, directions

_LARGEST_CACHED = 2**16  # elements: the lines of an image are kept, those of a volume are not


def run_table(region: Region, offsets: tuple[Offset, ...] | None = None) -> NDArray[np.int64]:
    """Counts of runs (N, L) by level and length, over the given directions together (IBSI "merged")."""
    shape = region.levels.shape
    longest = max(shape)
    counts = np.zeros(region.n_levels * longest, dtype=np.int64)
    lines = _lines if region.levels.size > _LARGEST_CACHED else _kept_lines
    for offset in offsets or directions(len(shape)):
        order, breaks = lines(shape, offset)
        levels = region.levels.ravel()[order]
        begins = np.flatnonzero(breaks | np.concatenate([[True], levels[1:] != levels[:-1]]))
        lengths = np.diff(begins, append=levels.size)
        level = levels[begins]
        inside = level > 0
        counts += np.bincount(
            (level[inside] - 1) * longest + lengths[inside] - 1, minlength=region.n_levels * longest
        )
    return counts.reshape(region.n_levels, longest)


def run_features(region: Region) -> dict[str, float]:
    """The sixteen features of the IBSI over all directions merged."""
    table = run_table(region)
    n_directions = len(directions(region.levels.ndim))
    found = emphases(table, small="short_run", large="long_run", what="run")
    return found | {"run_percentage": float(table.sum()) / (region.size * n_directions)}


def _lines(shape: tuple[int, ...], offset: Offset) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Flat positions line by line along `offset`, and where a new line begins."""
    places = np.indices(shape).reshape(len(shape), -1)
    axis = next(a for a, step in enumerate(offset) if step)
    along = places[axis] * offset[axis]
    origin = places - np.outer(offset, along)  # the same for all elements of one line
    spans = [int(np.ptp(part)) + 1 for part in origin]
    key = np.zeros(along.size, dtype=np.int64)
    for part, span in zip(origin, spans, strict=True):
        key = key * span + part - part.min()
    order = np.lexsort((along, key))
    return order, np.concatenate([[True], np.diff(key[order]) != 0])


_kept_lines = lru_cache(maxsize=8)(_lines)
