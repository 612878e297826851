"""The nearest of many vectors, exactly: block by block, so that memory does not grow with their number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 8192
Floats = NDArray[np.floating]


def similarities(vectors: Floats, query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Inner products (n,) of a query (D,) with vectors (n, D), which may lie on disk.

    Vectors of float32 are read as they lie there; others are converted, which takes ten times as long. Each
    row is a product of its own: as fast as one of matrix and vector, the same whatever rows are asked for
    together, and without threads that wait for each other, which took far longer on a busy machine.
    """
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK])
        found[start : start + BLOCK] = np.vecdot(block.astype(np.float32, copy=False), query)
    return found


def largest(values: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions of the k largest, the largest first; among equals the earlier; never minus infinity."""
    usable = int((values > -np.inf).sum())
    k = min(k, usable)
    if k == 0:
        return np.empty(0, np.int64)
    edge = np.partition(values, len(values) - k)[len(values) - k]
    near = np.flatnonzero(values >= edge)
    return near[np.argsort(-values[near], kind="stable")][:k].astype(np.int64)


def nearest(
    vectors: Floats, query: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Positions and similarities of the k nearest of vectors (n, D) to a query (D,)."""
    found = similarities(vectors, query)
    order = largest(found, k)
    return order, found[order]
