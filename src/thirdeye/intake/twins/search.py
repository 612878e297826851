"""The search for near-duplicates among the thumbnails of a set: candidates, alignment, proof.

Two pictures count as one picture when, laid over each other, what both show agrees in the set's own measure
of likeness (`descriptor.Space`). The measure is whitened: for two unrelated pictures the cosine of D numbers
has mean 0 and a standard deviation near 1 / sqrt(D), whatever all pictures of the set have in common. With
D = 29, 48 and 98 numbers (frequencies up to 6, 8 and 12 half waves) the limits below lie 5, 6 and 9 standard
deviations out: chance alone does not reach the finer two in 10^8 pairs. What comes near are second exposures
of one patient and neighbouring frames of a film. Three orders, because a blurred or strongly compressed
picture keeps its coarse structure only, and a sharp one is told from its like by the fine; the coarsest
counts for tiny pictures alone, which have no more. The limits leave no false pair on the development sets
that `benchmarks/near_duplicates.py` names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thirdeye.intake.twins.alignment import align, edges_of
from thirdeye.intake.twins.candidates import Candidates, coefficients, find_candidates
from thirdeye.intake.twins.descriptor import Space, cosines, fit_space
from thirdeye.intake.twins.frame import Floats, Frames, apply, common, cut
from thirdeye.intake.twins.pictures import Pictures, blocks
from thirdeye.intake.twins.symmetry import COUNT, turned, turned_coefficients

_PROVEN = {6: 0.975, 8: 0.96, 12: 0.95}  # order of the space to the least cosine
_TINY_ORDER, _TINY_PX = 6, 40
_GUIDE = 8  # order in which candidates are sought
_HOPELESS = 0.80  # cosine after the first steps, below which nothing is to be expected
_SAMPLE = 4_000  # pictures that suffice to learn a covariance of 88 dimensions
_BATCH = 512


@dataclass(frozen=True)
class Twins:
    """Pairs that show the same picture.

    Args:
        pairs: which, and how the second lies over the first.
        similarity: (P,) cosine of what both show, up to 1.
    """

    pairs: Candidates
    similarity: Floats


def find_twins(pictures: Pictures, *, seed: int = 0) -> Twins:
    """Near-duplicates.

    Args:
        pictures: each with some contrast, best without identical ones: of a picture with more than ten copies
            not all pairs are found.
        seed: of the sample of pictures from which the measure of likeness is learnt.
    """
    sample = np.random.default_rng(seed).permutation(len(pictures))[:_SAMPLE]
    sampled = coefficients(pictures, max(_PROVEN), np.sort(sample))
    spaces = {order: fit_space(sampled[:, :order, :order]) for order in _PROVEN}
    candidates = find_candidates(pictures, spaces[_GUIDE])
    proven = [_proven(pictures, candidates[part], spaces) for part in blocks(len(candidates.first), _BATCH)]
    return _joined(proven)


def _proven(pictures: Pictures, candidates: Candidates, spaces: dict[int, Space]) -> Twins:
    """Those of some candidates that hold out."""
    first = turned(pictures.halved(candidates.first), candidates.symmetry)
    second = pictures.halved(candidates.second)
    frames = align(edges_of(first), edges_of(second), candidates.frames, steps=2)
    hopeful = likeness(first, second, frames, spaces[_GUIDE]) >= _HOPELESS
    first, second, frames, candidates = first[hopeful], second[hopeful], frames[hopeful], candidates[hopeful]
    frames = align(edges_of(first), edges_of(second), frames, steps=4)
    cosine = {order: likeness(first, second, frames, space) for order, space in spaces.items()}
    tiny = np.minimum(pictures.side_px[candidates.first], pictures.side_px[candidates.second]) < _TINY_PX
    holds = {order: cosine[order] >= limit for order, limit in _PROVEN.items()}
    holds[_TINY_ORDER] &= tiny
    proven = np.any(list(holds.values()), axis=0)
    kept = candidates[proven]
    pairs = Candidates(kept.first, kept.second, kept.symmetry, frames[proven])
    return Twins(pairs, np.mean(list(cosine.values()), axis=0)[proven])


def likeness(first: Floats, second: Floats, frames: Frames, space: Space) -> Floats:
    """Cosine (P,) in `space` of the part that both pictures (P, S, S) show: the least over the symmetries.

    What the pictures of a set have in common is learnt upright. Two chest films that both lie on their side
    share the look of a chest on its side, which is rare in the set and so would weigh much; turned upright
    together they share little. One picture and its copy agree in every position.
    """
    size = first.shape[-1]
    basis = cosines(space.order, size)
    ends = [(common(axis), axis) for axis in (frames.rows, frames.columns)]
    mine = [basis @ cut(low, high, size) for (low, high), _ in ends]
    other = [
        basis @ cut(axis[:, 0] * low + axis[:, 1], axis[:, 0] * high + axis[:, 1], size)
        for (low, high), axis in ends
    ]
    one, two = apply(mine[0], first, mine[1]), apply(other[0], second, other[1])
    cosine = [
        np.einsum(
            "pd,pd->p",
            space.project(turned_coefficients(one, g)),
            space.project(turned_coefficients(two, g)),
        )
        for g in range(COUNT)
    ]
    return np.min(cosine, axis=0)


def _joined(parts: list[Twins]) -> Twins:
    if not parts:
        none, frame = np.empty(0, np.intp), np.empty((0, 2), np.float32)
        return Twins(Candidates(none, none, none, Frames(frame, frame)), np.empty(0, np.float32))
    pairs = [part.pairs for part in parts]
    frames = Frames(
        np.concatenate([p.frames.rows for p in pairs]), np.concatenate([p.frames.columns for p in pairs])
    )
    first, second, symmetry = (
        np.concatenate([getattr(p, name) for p in pairs]) for name in ("first", "second", "symmetry")
    )
    return Twins(Candidates(first, second, symmetry, frames), np.concatenate([p.similarity for p in parts]))
