"""Which cases of a gallery count as alike, and which are no candidates: the asked case once more."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SAME_PICTURE = 0.99  # correlation of two small pictures from which on they count as copies
SIDE = 32  # of these pictures


def same_class(queries: NDArray[np.int64], gallery: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(q, n) whether a case has what the query has.

    Args:
        queries, gallery: (q,) and (n,) classes; or (q, K) and (n, K) of 0 and 1: then any shared label
            counts, or that both have none.
    """
    if queries.ndim == 1:
        return np.asarray(queries[:, None] == gallery[None, :])
    shared = queries @ gallery.T > 0
    neither = (queries.sum(axis=1) == 0)[:, None] & (gallery.sum(axis=1) == 0)[None, :]
    return np.asarray(shared | neither)


def itself(
    queries: pd.DataFrame,
    gallery: pd.DataFrame,
    pictures: NDArray[np.float32],
    others: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """(q, n) whether a case is of the query's patient, of a group that was kept together, or a copy of it.

    Args:
        queries, gallery: rows of ``dataset.csv``.
        pictures, others: of both, from `thirdeye.inference.similar.pictures.small_pictures`.
    """
    same = pictures @ others.T >= SAME_PICTURE
    for column in ("patient", "kept_together"):
        if column in queries and column in gallery:
            ours, theirs = (table[column].to_numpy(dtype=str) for table in (queries, gallery))
            same |= (ours[:, None] == theirs[None, :]) & (ours != "")[:, None]
    return np.asarray(same)
