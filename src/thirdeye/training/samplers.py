"""In which order the images of an epoch are seen."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def epoch_order(labels: NDArray[np.int64], rng: Generator, *, balanced: bool) -> NDArray[np.int64]:
    """Positions of one epoch, as many as there are images.

    Args:
        labels: (n,) class indices, or (n, K) of 0 and 1, of the training images.
        rng: source of randomness.
        balanced: draw with replacement so that classes come up with the square root of their rarity:
            between the natural mix and equal shares, since equal shares make a network repeat the few
            images of a rare class until it knows them by heart.
    """
    n = len(labels)
    if not balanced:
        return rng.permutation(n)
    if labels.ndim == 2:
        share = labels.mean(axis=0).clip(1 / n, 1)
        weights = np.where(labels > 0, 1 / np.sqrt(share), 1.0).max(axis=1)
    else:
        counts = np.bincount(labels)
        weights = 1 / np.sqrt(counts[labels])
    return rng.choice(n, size=n, replace=True, p=weights / weights.sum())


def batches(order: NDArray[np.int64], batch_size: int) -> list[NDArray[np.int64]]:
    """The order cut into batches; a last batch of one image joins the one before (batch norm needs two)."""
    cuts = list(range(0, len(order), batch_size))
    if len(cuts) > 1 and len(order) - cuts[-1] == 1:
        cuts.pop()
    return [order[start : (cuts[i + 1] if i + 1 < len(cuts) else len(order))] for i, start in enumerate(cuts)]
