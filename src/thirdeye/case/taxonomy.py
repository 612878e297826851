"""A taxonomy: classes summed up into kinds, level by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Edge = tuple[str, str, str]


@dataclass(frozen=True)
class Level:
    """One level of a taxonomy, above the classes themselves.

    Args:
        name: "malignancy", or "level 1" where nobody named it.
        groups: kind to the classes that are of it; every class is of exactly one.
    """

    name: str
    groups: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds, in order."""
        return tuple(self.groups)

    def matrix(self, classes: Sequence[str]) -> NDArray[np.float64]:
        """(K, G) of 0 and 1: which class is of which kind."""
        return np.array([[name in held for held in self.groups.values()] for name in classes], dtype=float)

    def sum(self, probabilities: NDArray[np.floating], classes: Sequence[str]) -> NDArray[np.float64]:
        """(n, G) from (n, K): the probability of a kind is that of all its classes together."""
        return np.asarray(probabilities, dtype=float) @ self.matrix(classes)

    def labels(self, labels: NDArray[np.integer], classes: Sequence[str]) -> NDArray[np.int64]:
        """(n,) index of the kind from (n,) index of the class."""
        return np.asarray(self.matrix(classes).argmax(axis=1)[labels], dtype=np.int64)


def levels_of(edges: Sequence[Sequence[str]], classes: Sequence[str]) -> tuple[Level, ...]:
    """The levels of a taxonomy above the classes, the coarsest first.

    A class that hangs higher than the others stands for itself on the levels below it. A level on which all
    classes are one kind, or that repeats the next one, is left out.

    Args:
        edges: (child, parent, name of the parent's level or "") each.
        classes: the leaves.

    Raises:
        UsageError: a child with two parents, a circle, a class without a parent, or a leaf that is no class.
    """
    parents = _parents(edges)
    strange = [child for child in parents if child not in classes and child not in parents.values()]
    if strange:
        raise UsageError(
            f"the taxonomy speaks of '{strange[0]}', which is no class of these data ({', '.join(classes)})"
        )
    missing = [name for name in classes if name not in parents]
    if missing:
        raise UsageError(f"the taxonomy names no parent for the class '{missing[0]}'; add a line for it")
    within = [name for name in classes if name in parents.values()]
    if within:
        raise UsageError(
            f"the class '{within[0]}' is the parent of others in the taxonomy; cases are learnt as leaves: "
            "give those that are only known as it a leaf of its own"
        )
    chains = {name: _chain(name, parents) for name in classes}
    said = {parent: level for _, parent, level in edges if level}
    found: list[Level] = []
    for depth in range(max(map(len, chains.values())) - 1):
        kind = {name: chain[min(depth, len(chain) - 1)] for name, chain in chains.items()}
        held = {one: tuple(c for c in classes if kind[c] == one) for one in dict.fromkeys(kind.values())}
        level = Level(_named(held, said, depth), held)
        if 1 < len(held) < len(classes) and (not found or found[-1].groups != held):
            found.append(level)
    return _distinct(found)


def _named(held: Mapping[str, object], said: Mapping[str, str], depth: int) -> str:
    names = {said[kind] for kind in held if kind in said}
    return names.pop() if len(names) == 1 else f"level {depth + 1}"


def _distinct(levels: Sequence[Level]) -> tuple[Level, ...]:
    """Two levels of one name get numbers."""
    names = [level.name for level in levels]
    return tuple(
        level if names.count(level.name) == 1 else Level(f"{level.name} {number + 1}", level.groups)
        for number, level in enumerate(levels)
    )


def _parents(edges: Sequence[Sequence[str]]) -> dict[str, str]:
    parents: dict[str, str] = {}
    for child, parent, *_ in edges:
        if parents.get(child, parent) != parent:
            raise UsageError(f"the taxonomy gives '{child}' two parents: '{parents[child]}' and '{parent}'")
        parents[child] = parent
    return parents


def _chain(name: str, parents: Mapping[str, str]) -> list[str]:
    """From the top down to the class."""
    chain = [name]
    while chain[-1] in parents:
        above = parents[chain[-1]]
        if above in chain:
            raise UsageError(f"the taxonomy runs in a circle at '{above}'")
        chain.append(above)
    return chain[::-1]
