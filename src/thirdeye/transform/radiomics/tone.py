"""Difference of a grey level from its neighbourhood, NGTDM (Amadasun and King 1989; IBSI 3.10)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.radiomics.neighbours import neighbour_sums
from thirdeye.transform.radiomics.region import Region

COARSEST = 1e6  # where there is no difference at all, by the IBSI


def tone_table(region: Region) -> tuple[NDArray[Any], NDArray[Any]]:
    """Per level 1..N: elements with a neighbour inside, and their summed difference from its mean level."""
    inside = region.inside
    count = neighbour_sums(inside.astype(np.float64))
    valid = inside & (count > 0)
    level = region.levels[valid]
    gap = np.abs(level - neighbour_sums(region.levels.astype(np.float64))[valid] / count[valid])
    n = region.n_levels + 1
    return np.bincount(level, minlength=n)[1:], np.bincount(level, weights=gap, minlength=n)[1:]


def tone_features(region: Region) -> dict[str, float]:
    """Coarseness, contrast, busyness, complexity and strength; a constant region is 1e6, 0, 0, 0, 0."""
    counts, gaps = tone_table(region)
    total = float(counts.sum()) or 1.0
    present = counts > 0
    i = np.flatnonzero(present) + 1.0
    p, s = counts[present] / total, gaps[present]
    distance = i[:, None] - i[None, :]
    both = p[:, None] + p[None, :]
    weighted = float(p @ s)
    spread = float(np.abs((i * p)[:, None] - (i * p)[None, :]).sum())
    pairs = len(i) * (len(i) - 1)
    mixed = np.abs(distance) * ((p * s)[:, None] + (p * s)[None, :]) / both
    return {
        "coarseness": min(COARSEST, 1 / weighted) if weighted > 0 else COARSEST,
        "contrast": float((np.outer(p, p) * distance**2).sum()) / pairs * float(s.sum()) / total
        if pairs
        else 0.0,
        "busyness": weighted / spread if spread > 0 else 0.0,
        "complexity": float(mixed.sum()) / total,
        "strength": float((both * distance**2).sum()) / float(s.sum()) if s.sum() > 0 else 0.0,
    }
