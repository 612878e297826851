"""How much harder a group is than others of the same class, with an interval and a test by permutation."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.distributions import normal_quantile, t_quantile
from thirdeye.evaluation.group_estimates import combined, degrees_of_freedom, mean_of
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.strata_side import Flags, Side

PERMUTATIONS = 4999
AT_ONCE = 2_000_000  # numbers held while membership is dealt
CAUTION = 0.9  # candidates are ranked by a lower limit at this level, so that small ones must be far out


def caution_score(side: Side, rows: Flags) -> float:
    """The lower limit of the mean excess error of some rows: how surely they are harder than their kind."""
    found = mean_of(side.excess, rows, side.cases.groups)
    if found is None or found.n_clusters < 2:
        return -np.inf
    return found.value - normal_quantile(CAUTION) * found.variance**0.5


def excess_error(side: Side, rows: Flags, *, level: float = 0.95) -> Metric:
    """Share of wrong calls in a group less that among the others, as if these had the group's mix of classes.

    Args:
        side: the cases.
        rows: (n,) the group.
        level: confidence level.
    """
    wrong, kinds, groups = side.wrong.astype(np.float64), side.kinds, side.cases.groups
    pairs, n = [], int(rows.sum())
    for kind in np.unique(kinds[rows]):
        inside, outside = rows & (kinds == kind), ~rows & (kinds == kind)
        one, other = mean_of(wrong, inside, groups), mean_of(wrong, outside, groups)
        if one is not None and other is not None:
            pairs.append((float(inside.sum()), one, other))
    weight = sum(share for share, _, _ in pairs)
    fields: dict[str, Any] = {
        "n": n, "level": level, "n_clusters": int(np.unique(groups.codes[rows]).size),
        "convention": "share of wrong calls less that of other cases, weighted by the classes of the group",
    }  # fmt: skip
    if not weight:
        return undefined("excess_error", "no case of these classes outside the group", **fields)
    joint = combined(
        [
            (sign * share / weight, one)
            for share, *both in pairs
            for sign, one in zip((1, -1), both, strict=True)
        ],
        groups.count,
    )
    if joint.variance <= 0:
        return Metric(
            name="excess_error",
            value=joint.value,
            status="degenerate",
            reason="no variance: no interval",
            **fields,
        )
    half = t_quantile(0.5 + level / 2, degrees_of_freedom(joint)) * joint.variance**0.5
    if n < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {n} cases, fewer than {MIN_EVENTS}"}
    return Metric(
        name="excess_error", value=joint.value, ci_low=joint.value - half, ci_high=joint.value + half,
        ci_method="stratified_by_class_t", **fields,
    )  # fmt: skip


def permutation_p(side: Side, rows: Flags, *, seed: int = 0, n_permutations: int = PERMUTATIONS) -> float:
    """One-sided p value that a group is harder than others of its classes by chance.

    Membership is dealt anew among the patients of each class, whose cases of that class go together, so that
    neither the mix of classes nor many images of one patient can make a group look hard.

    Args:
        side: the cases.
        rows: (n,) the group.
        seed, n_permutations: of the generator.
    """
    keys = side.cases.groups.codes * (int(side.kinds.max()) + 1) + side.kinds
    units, codes = np.unique(keys, return_inverse=True)
    sizes = np.bincount(codes)
    excess = np.bincount(codes, side.excess)
    member = np.bincount(codes, rows.astype(np.float64)) / sizes
    kinds = units % (int(side.kinds.max()) + 1)
    generator = np.random.default_rng(seed)
    seen = float(member @ excess)
    drawn = np.zeros(n_permutations)
    for kind in np.unique(kinds):
        where = np.flatnonzero(kinds == kind)
        rows_at_once = max(1, AT_ONCE // where.size)
        for start in range(0, n_permutations, rows_at_once):
            part = drawn[start : start + rows_at_once]
            dealt = generator.permuted(np.broadcast_to(member[where], (part.size, where.size)), axis=1)
            part += dealt @ excess[where]
    return float((1 + (drawn >= seen - 1e-9).sum()) / (n_permutations + 1))
