"""Folds that keep a patient together and every class in each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FOLDS = 5


def deal_folds(
    membership: NDArray[np.bool_], groups: NDArray[np.int64], *, seed: int, folds: int = FOLDS
) -> NDArray[np.int64]:
    """Fold of each row, 0 to `folds` - 1.

    Groups are shuffled, sorted by the rarest class that they hold, and dealt in turn, so that each fold gets
    its share of every class; within a class the large groups are dealt first.

    Args:
        membership: (n, k).
        groups: (n,) number of the group; one group is never in two folds.
        seed: of the shuffle.
        folds: at least 2.
    """
    names, codes = np.unique(groups, return_inverse=True)
    rarity = np.argsort(np.argsort(membership.sum(axis=0)))  # 0: the rarest class
    rank = np.where(membership, rarity, membership.shape[1]).min(axis=1)
    rarest = np.full(names.size, membership.shape[1])
    np.minimum.at(rarest, codes, rank)
    size = np.bincount(codes)
    shuffled = np.random.default_rng(seed).permutation(names.size)
    order = shuffled[np.lexsort((-size[shuffled], rarest[shuffled]))]
    fold = np.empty(names.size, dtype=np.int64)
    fold[order] = np.arange(names.size) % folds
    return fold[codes]
