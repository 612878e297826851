"""How much harder a group is than others of the same class, with an interval and a test by permutation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import normal_quantile, t_quantile
from thirdeye.evaluation.group_estimates import combined, degrees_of_freedom, mean_of
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.strata_side import Flags, Floats, Side

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

    The statistic is the mean excess error of the group's own rows. Membership is dealt anew among the
    patients of each class, whose cases of that class go together, so that neither the mix of classes nor many
    images of one patient can make a group look hard. Who is dealt the share of a patient partly in the group
    has that share of the own cases in it, drawn at random: the errors of cases outside do not count.

    Args:
        side: the cases.
        rows: (n,) the group.
        seed, n_permutations: of the generator.
    """
    generator, kinds, excess = np.random.default_rng(seed), side.kinds, side.excess
    seen = float(excess[rows].sum() / max(int(rows.sum()), 1))
    drawn = np.zeros((n_permutations, 2))  # sum of the excess, and number of rows
    for kind in np.unique(kinds[rows]):
        where = kinds == kind
        dealing = _dealing(excess[where], rows[where], side.cases.groups.codes[where])
        rows_at_once = max(1, AT_ONCE // dealing.excess.size)
        for start in range(0, n_permutations, rows_at_once):
            part = drawn[start : start + rows_at_once]
            part += _dealt(dealing, len(part), generator)
    means = drawn[:, 0] / np.maximum(drawn[:, 1], 1)
    return float((1 + (means >= seen - 1e-9).sum()) / (n_permutations + 1))


@dataclass(frozen=True)
class _Dealing:
    """Cases of one class, those of a patient side by side.

    Args:
        excess: (n,) of the cases.
        unit: (n,) number of the patient.
        place: (n,) of the case among those of its patient, from 0.
        sizes: (I,) cases of each patient.
        shares: (I,) of them in the group.
    """

    excess: Floats
    unit: NDArray[np.int64]
    place: NDArray[np.int64]
    sizes: NDArray[np.int64]
    shares: Floats


def _dealing(excess: Floats, rows: Flags, codes: NDArray[np.int64]) -> _Dealing:
    order = np.argsort(codes, kind="stable")
    unit = np.unique(codes[order], return_inverse=True)[1]
    sizes = np.bincount(unit)
    place = np.arange(unit.size) - (np.cumsum(sizes) - sizes)[unit]
    return _Dealing(excess[order], unit, place, sizes, np.bincount(unit, rows[order]) / sizes)


def _dealt(dealing: _Dealing, n: int, generator: np.random.Generator) -> Floats:
    """(n, 2) sum of the excess of the cases that are dealt into the group, and how many they are."""
    shares = generator.permuted(np.broadcast_to(dealing.shares, (n, dealing.sizes.size)), axis=1)
    if not (dealing.shares % 1).any():  # whole patients
        sums = np.bincount(dealing.unit, dealing.excess)
        return np.column_stack([shares @ sums, shares @ dealing.sizes])
    counts = np.floor(shares * dealing.sizes + generator.random(shares.shape))
    chance = generator.random((n, dealing.unit.size))
    order = np.argsort(dealing.unit + chance, axis=1)  # of each patient's cases at random
    taken = dealing.place < counts[:, dealing.unit]
    return np.column_stack([(dealing.excess[order] * taken).sum(axis=1), taken.sum(axis=1)])
