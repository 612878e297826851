"""Dealing groups to parts so that every class has its share in each (iterative stratification).

After Sechidis, Tsoumakas, Vlahavas, "On the stratification of multi-label data" (ECML PKDD 2011), section 3,
with groups in place of single examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]  # (classes,)


def deal(groups: Mapping[str, Counts], shares: Sequence[float], order: Sequence[str]) -> dict[str, int]:
    """Part of each group.

    Args:
        groups: group to its number of images in each class.
        shares: desired share of each part, summing to 1.
        order: all groups, in the (seeded) order in which equals are dealt.

    Returns:
        Group to part. Every part has every class of which there are at least as many groups as parts.
    """
    if not groups:
        return {}
    totals = np.sum(list(groups.values()), axis=0)
    wanted = np.outer(np.asarray(shares), totals)  # (parts, classes)
    wanted_images = wanted.sum(axis=1)
    placed: dict[str, int] = {}
    for class_index in _rarest_first(groups):
        for name in (g for g in order if groups[g][class_index] > 0 and g not in placed):
            part = _neediest(wanted[:, class_index], wanted_images)
            placed[name] = part
            wanted[part] -= groups[name]
            wanted_images[part] -= groups[name].sum()
    for name in (g for g in order if g not in placed):  # groups without any class (multi-label: none)
        placed[name] = int(np.argmax(wanted_images))
        wanted_images[placed[name]] -= max(1.0, groups[name].sum())
    return _every_class_everywhere(groups, placed, len(shares), order)


def _rarest_first(groups: Mapping[str, Counts]) -> list[int]:
    present = np.sum([counts > 0 for counts in groups.values()], axis=0)
    return [int(c) for c in np.argsort(present, kind="stable") if present[c]]


def _neediest(wanted_of_class: NDArray[np.float64], wanted_images: NDArray[np.float64]) -> int:
    """The part that lacks most of the class; among equals the one that lacks most images."""
    ranked = sorted(
        range(len(wanted_images)), key=lambda p: (-round(float(wanted_of_class[p]), 9), -wanted_images[p], p)
    )
    return ranked[0]


def _every_class_everywhere(
    groups: Mapping[str, Counts], placed: dict[str, int], parts: int, order: Sequence[str]
) -> dict[str, int]:
    """Move single groups into parts that lack a class, where another part has two or more to give.

    A group is moved only when its old part keeps every class it had.
    """
    result = dict(placed)
    held = np.zeros((parts, len(next(iter(groups.values())))), dtype=int)
    for name, part in result.items():
        held[part] += groups[name] > 0
    for class_index in _rarest_first(groups):
        for part in (int(p) for p in np.flatnonzero(held[:, class_index] == 0)):
            mover = _can_move(groups, result, held, class_index, order)
            if mover is None:
                break
            held[result[mover]] -= groups[mover] > 0
            held[part] += groups[mover] > 0
            result[mover] = part
    return result


def _can_move(
    groups: Mapping[str, Counts],
    placed: Mapping[str, int],
    held: NDArray[np.int_],
    class_index: int,
    order: Sequence[str],
) -> str | None:
    """The smallest group with the class whose part can spare all of its classes."""
    able = [
        name
        for name in order
        if groups[name][class_index] > 0 and (held[placed[name]][groups[name] > 0] >= 2).all()
    ]
    return min(able, key=lambda name: groups[name].sum(), default=None)
