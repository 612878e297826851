"""Groups that a hidden stratum may be: single facts, pairs of facts, and neighbourhoods of features."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.attributes import NOT_RECORDED, TOO_FEW, read_attribute
from thirdeye.evaluation.strata_side import Flags, Floats, Side

SMALLEST = 20  # cases on the side where strata are sought
LARGEST_SHARE = 0.5
SMALLEST_HELD_OUT = 15
THIRDS = ("low", "middle", "high")
CUTS = (4, 8, 16)  # numbers of clusters that the tree of features is cut into
COMPONENTS = 24
Source = Literal["facts", "features"]


@dataclass(frozen=True)
class Candidate:
    """A group on both sides.

    Args:
        source: how it was made.
        name: its definition in words, or "cluster 3 of 8".
        sought: (n,) members on the side where strata are sought.
        held_out: (m,) members on the side where they are judged.
    """

    source: Source
    name: str
    sought: Flags
    held_out: Flags

    @property
    def large_enough(self) -> bool:
        """Neither a handful nor the better half."""
        n = self.sought.sum()
        return bool(
            SMALLEST <= n <= LARGEST_SHARE * self.sought.size
            and SMALLEST_HELD_OUT <= self.held_out.sum() <= LARGEST_SHARE * self.held_out.size
        )


def fact_candidates(sought: Side, held_out: Side) -> list[Candidate]:
    """Every level of metadata, every third of an image fact (cut on the sought side), and pairs of these."""
    singles = _levels(sought, held_out) + _thirds(sought, held_out)
    single = [candidate for _, candidate in singles]
    pairs = [
        Candidate("facts", f"{a.name}, {b.name}", a.sought & b.sought, a.held_out & b.held_out)
        for (one, a), (other, b) in combinations(singles, 2)
        if one != other
    ]
    return [candidate for candidate in single + pairs if candidate.large_enough]


def _levels(sought: Side, held_out: Side) -> list[tuple[str, Candidate]]:
    n, found = sought.cases.n, []
    for column, values in sought.columns.items():
        attribute = read_attribute(
            column, [*values, *held_out.columns.get(column, [None] * held_out.cases.n)]
        )
        for code, level in enumerate(attribute.levels):
            if level not in (TOO_FEW, NOT_RECORDED):
                rows = attribute.rows(code)
                found.append((column, Candidate("facts", f"{column}: {level}", rows[:n], rows[n:])))
    return found


def _thirds(sought: Side, held_out: Side) -> list[tuple[str, Candidate]]:
    found = []
    for name, values in sought.facts.items():
        known = values[np.isfinite(values)]
        if known.size < 3 * SMALLEST or np.ptp(known) == 0:
            continue
        cuts = np.quantile(known, [1 / 3, 2 / 3])
        bands = [_band(side.facts.get(name), side.cases.n, cuts) for side in (sought, held_out)]
        for index, third in enumerate(THIRDS):
            if third != "middle":
                parts = [band == index for band in bands]
                found.append((name, Candidate("facts", f"{name}: {third}", parts[0], parts[1])))
    return found


def _band(values: Floats | None, n: int, cuts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Third of each value; -1 where it is not known."""
    if values is None:
        return np.full(n, -1)
    return np.where(np.isfinite(values), np.searchsorted(cuts, values, side="right"), -1)


def feature_candidates(sought: Side, held_out: Side) -> list[Candidate]:
    """Neighbourhoods of the network's features: Ward's tree over the sought side, cut into `CUTS` clusters.

    Cases of the other side join the cluster whose centre is nearest. Features are reduced to their leading
    components, found on the sought side alone.
    """
    if sought.features is None or held_out.features is None:
        return []
    here, there = reduced(np.asarray(sought.features), np.asarray(held_out.features))
    if len(here) < 2 * SMALLEST:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(here, "ward")
    found: dict[bytes, Candidate] = {}
    for count in CUTS:
        labels = fcluster(tree, count, criterion="maxclust") - 1
        centres = np.stack([here[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
        nearest = ((there[:, None, :] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for c in range(len(centres)):
            one = Candidate("features", f"cluster {c + 1} of {len(centres)}", labels == c, nearest == c)
            if one.large_enough:
                found.setdefault(one.sought.tobytes(), one)
    return list(found.values())


def reduced(
    here: NDArray[np.floating[Any]], there: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both sides along the leading principal components of the first, (n, k) and (m, k)."""
    mean = here.mean(axis=0, dtype=np.float64)
    centred = here - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    order = np.argsort(values)[::-1][: min(COMPONENTS, len(here) - 1)]
    order = order[values[order] > 1e-9 * max(float(values.max()), 1e-30)]
    if not order.size:
        return np.zeros((len(here), 1)), np.zeros((len(there), 1))
    scale = np.sqrt(values[order])
    axes = centred.T @ (vectors[:, order] / scale)
    return vectors[:, order] * scale, (there - mean) @ axes
