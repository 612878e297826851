"""A map of cases: what a network sees of each, laid out in the plane so that neighbours stay neighbours.

Source: van der Maaten and Hinton, JMLR 2008 (t-SNE); the share of neighbours that can be trusted: Venna and
Kaski, 2001. It is a picture to look at, not a measure: how large a cloud is, and how far two clouds lie from
each other, means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST, MOST = 20, 1000  # cases; more are drawn at random from
COMPONENTS = 50  # of the features, before
PERPLEXITY = 30.0
NEIGHBOURS = 10
STEPS = 500


@dataclass(frozen=True)
class CaseMap:
    """Where cases lie.

    Args:
        rows: (m,) positions of the cases that were laid out, ascending.
        points: (m, 2), each axis from 0 to 1.
        perplexity: how many neighbours each case was taken to have, roughly.
        trusted: 0 to 1: how far the ten nearest on the map are near in the features too; 1 is perfectly.
    """

    rows: NDArray[np.int64]
    points: NDArray[np.float64]
    perplexity: float
    trusted: float


def case_map(features: NDArray[np.floating], *, seed: int) -> CaseMap | None:
    """The map of cases by their features; None of fewer than `FEWEST`, or where features are all alike.

    No label is used.

    Args:
        features: (n, C), finite; each column is standardised.
        seed: of the sample and of the layout, which always comes out alike.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(features))[:MOST]).astype(np.int64)
    table = np.asarray(features, dtype=np.float64)[rows]
    spread = table.std(axis=0)
    table = (table - table.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    if len(rows) < FEWEST or not table.shape[1]:
        return None
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE, trustworthiness
    from threadpoolctl import threadpool_limits

    perplexity = min(PERPLEXITY, (len(rows) - 1) / 3)
    with threadpool_limits(1):  # sums in another order would move the points
        kept = PCA(min(COMPONENTS, *table.shape), random_state=seed).fit_transform(table)
        layout = TSNE(perplexity=perplexity, init="pca", max_iter=STEPS, random_state=seed).fit_transform(
            kept
        )
        trusted = float(trustworthiness(kept, layout, n_neighbors=min(NEIGHBOURS, len(rows) // 2 - 1)))
    layout = layout.astype(np.float64) - layout.min(axis=0)
    return CaseMap(rows, layout / np.maximum(layout.max(axis=0), 1e-12), perplexity, trusted)
