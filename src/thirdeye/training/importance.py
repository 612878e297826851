"""What a fitted technique leans on: how much worse it ranks when one family of features is shuffled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.choice import Split
from thirdeye.training.traditional import FoldModel

MOST_ROWS = 1000
Table = NDArray[np.float64]


def held_out_sample(splits: Sequence[Split], groups: NDArray[np.generic], *, seed: int) -> list[Split]:
    """The splits with fewer held-out rows, whole patients, `MOST_ROWS` or a few more in all."""
    everyone = np.concatenate([holdout for _, holdout in splits])
    if len(everyone) <= MOST_ROWS:
        return list(splits)
    _, group = np.unique(groups, return_inverse=True)
    rank = np.random.default_rng(seed).permutation(group.max() + 1)[group]
    limit = np.sort(rank[everyone])[MOST_ROWS - 1]
    return [(train, holdout[rank[holdout] <= limit]) for train, holdout in splits]


def shuffled_logits(
    folds: Sequence[FoldModel],
    features: NDArray[np.floating],
    splits: Sequence[Split],
    families: Mapping[str, NDArray[np.intp]],
    *,
    repeats: int,
    seed: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, list[Table]]:
    """Out-of-fold logits with one family of features shuffled among the held-out rows of each fold.

    All columns of a family move together, so that what they share does not stay (Breiman 2001). What one
    family tells is partly told by others, so that each can seem unimportant although all together are not.

    Args:
        folds: one for each split.
        features: (n, D).
        splits: (training rows, held-out rows); only the held-out rows are used.
        families: name to its columns.
        repeats: shuffles of each family.
        seed: of the shuffles.
        seconds: no further round over all families begins after this time; the first is always made.
        clock: seconds.

    Returns:
        Family to as many tables (m, K) as there were rounds; rows in the order of the splits.
    """
    random = np.random.default_rng(seed)
    began = clock()
    found: dict[str, list[Table]] = {family: [] for family in families}
    for made in range(repeats):
        if made and (clock() - began) * (made + 1) / made > seconds:
            break
        for family, columns in families.items():
            parts = []
            for fold, (_, holdout) in zip(folds, splits, strict=True):
                rows = np.array(features[holdout])
                rows[:, columns] = rows[random.permutation(len(rows))][:, columns]
                if len(rows):
                    parts.append(fold.logits(rows))
            found[family].append(np.concatenate(parts))
    return found
