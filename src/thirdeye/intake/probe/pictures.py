"""Thumbnails as numbers: means and spreads of blocks, and which blocks lie where."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.exhibits import THUMBNAIL_PX

GRID = 16
BLOCK_PX = THUMBNAIL_PX // GRID
_CHUNK = 1024


def block_features(thumbnails: NDArray[np.uint8], positions: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, 16, 16, 2) mean and standard deviation of the 4 x 4 pixels of each block.

    Args:
        thumbnails: (N, 64, 64), possibly a file on disk, read in pieces.
        positions: (n,) rows to use.
    """
    blocks = np.empty((len(positions), GRID, GRID, 2), dtype=np.float32)
    for start in range(0, len(positions), _CHUNK):
        rows = np.asarray(thumbnails[positions[start : start + _CHUNK]], dtype=np.float32)
        tiles = rows.reshape(-1, GRID, BLOCK_PX, GRID, BLOCK_PX)
        blocks[start : start + _CHUNK, :, :, 0] = tiles.mean(axis=(2, 4))
        blocks[start : start + _CHUNK, :, :, 1] = tiles.std(axis=(2, 4))
    return blocks


def regions() -> Mapping[str, NDArray[np.bool_]]:
    """Name to (16, 16) blocks. None of them holds the middle of the picture, where an organ lies."""
    edge = np.ones((GRID, GRID), dtype=bool)
    edge[1:-1, 1:-1] = False
    corners = np.zeros((GRID, GRID), dtype=bool)
    for rows in (slice(0, 3), slice(-3, None)):
        for columns in (slice(0, 3), slice(-3, None)):
            corners[rows, columns] = True
    axis = (np.arange(GRID) + 0.5) / GRID - 0.5
    outside = axis[:, None] ** 2 + axis[None, :] ** 2 > 0.45**2
    return {"border": edge, "corners": corners, "all but the middle": outside}


def mean_pictures(
    thumbnails: NDArray[np.uint8], positions: NDArray[np.int64], membership: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(k, 64, 64) mean and variance of the thumbnails of each class."""
    shape = (membership.shape[1], THUMBNAIL_PX, THUMBNAIL_PX)
    total, squares = np.zeros(shape), np.zeros(shape)
    weights = membership.astype(np.float32)
    for start in range(0, len(positions), _CHUNK):
        rows = np.asarray(thumbnails[positions[start : start + _CHUNK]], dtype=np.float32)
        flat, share = rows.reshape(len(rows), -1), weights[start : start + _CHUNK]
        total += (share.T @ flat).reshape(shape)
        squares += (share.T @ flat**2).reshape(shape)
    counts = np.maximum(1, membership.sum(axis=0))[:, None, None]
    mean = total / counts
    return mean, np.maximum(0.0, squares / counts - mean**2)
