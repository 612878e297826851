"""Groups of pictures from pairs, without chains: everybody in a group was compared with its centre."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thirdeye.intake.twins.pairs import NearPair

_LARGEST_SHARE = 0.05  # of all pictures, that pairs may tie together before the weaker ones are dropped
_LARGEST_LEAST = 30  # pictures that may always be tied together
_LIMITS = (0.97, 0.98, 0.99, 0.995)


@dataclass(frozen=True)
class NearGroups:
    """Groups of near-duplicates.

    Args:
        groups: references, the centre first; a picture may be in several.
        dropped: pairs that were left aside because they would have tied too many pictures together.
    """

    groups: tuple[tuple[str, ...], ...]
    dropped: int


def near_groups(pairs: Sequence[NearPair], pictures: int, copies: Mapping[str, Sequence[str]]) -> NearGroups:
    """Groups that hold every pair at least once; who is in one was found to be a copy of its first.

    Where pairs tie more pictures together than copying can explain (a film whose frames go over into each
    other), the weaker pairs among these are dropped, step by step, until what is left is small.

    Args:
        pairs: as found.
        pictures: number of pictures in the set.
        copies: picture to all pictures with identical pixels, itself among them; these join its groups.
    """
    most = max(_LARGEST_LEAST, int(_LARGEST_SHARE * pictures))
    kept = list(pairs)
    for limit in _LIMITS:
        sizes = _component_sizes(kept)
        kept = [pair for pair in kept if sizes[pair.first] <= most or pair.similarity >= limit]
    sizes = _component_sizes(kept)
    kept = [pair for pair in kept if sizes[pair.first] <= most]
    groups = (
        tuple(copy for image in group for copy in copies.get(image, (image,))) for group in _stars(kept)
    )
    return NearGroups(tuple(groups), len(pairs) - len(kept))


def _component_sizes(pairs: Sequence[NearPair]) -> dict[str, int]:
    """Picture to the number of pictures that pairs tie it to, directly or not."""
    neighbours = _neighbours(pairs)
    sizes: dict[str, int] = {}
    for start in neighbours:
        if start in sizes:
            continue
        reached, waiting = {start}, [start]
        while waiting:
            fresh = neighbours[waiting.pop()] - reached
            reached |= fresh
            waiting += fresh
        sizes |= dict.fromkeys(reached, len(reached))
    return sizes


def _stars(pairs: Sequence[NearPair]) -> tuple[tuple[str, ...], ...]:
    """The picture with the most twins and these, again and again until every pair is in a group."""
    left = _neighbours(pairs)
    order = {image: at for at, image in enumerate(left)}
    waiting = [(-len(others), order[image], image) for image, others in left.items()]
    heapq.heapify(waiting)
    groups = []
    while waiting:
        twins, _, centre = heapq.heappop(waiting)
        if not left[centre]:
            continue
        if len(left[centre]) != -twins:  # some of its pairs are in a group by now
            heapq.heappush(waiting, (-len(left[centre]), order[centre], centre))
            continue
        members = (centre, *sorted(left[centre], key=order.__getitem__))
        groups.append(members)
        for image in members:
            left[image] -= set(members)
    return tuple(groups)


def _neighbours(pairs: Sequence[NearPair]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        found.setdefault(pair.first, set()).add(pair.second)
        found.setdefault(pair.second, set()).add(pair.first)
    return found
