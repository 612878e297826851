"""Which pairs are worth a closer look: the nearest of each picture, in eight symmetries and six crops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.twins.descriptor import Space, cosines
from thirdeye.intake.twins.frame import Floats, Frames, apply, cut
from thirdeye.intake.twins.pictures import Pictures, blocks
from thirdeye.intake.twins.symmetry import COUNT, turned_coefficients

_CUT = 0.14  # of the length of an axis (-1 to 1) that a crop takes away: a crop of 5 to 10 % lies nearby
_CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5))
# (low row, high row, low column, high column): the whole picture, its corners and its middle
_CROPS = (
    (-1.0, 1.0, -1.0, 1.0),
    *((a * _CUT - 1, 1 - (1 - a) * _CUT, b * _CUT - 1, 1 - (1 - b) * _CUT) for a, b in _CORNERS),
)
_NEAREST = 10
_LEAST = 0.68  # cosine; planted copies lie above 0.8 before alignment


@dataclass(frozen=True)
class Candidates:
    """Pairs and how the second lies over the first.

    Args:
        first, second: (P,) numbers of the pictures.
        symmetry: (P,) in which the first is laid over the second.
        frames: where the second lies over the first so laid.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    symmetry: NDArray[np.intp]
    frames: Frames

    def __getitem__(self, chosen: NDArray[np.generic] | slice) -> Candidates:
        return Candidates(self.first[chosen], self.second[chosen], self.symmetry[chosen], self.frames[chosen])


@dataclass(frozen=True)
class _Index:
    """Every picture in the space.

    Args:
        space: of D dimensions.
        whole: (N, K, K) cosine coefficients.
        cropped: (C, N, D) unit vectors of each crop.
    """

    space: Space
    whole: Floats
    cropped: Floats

    def laid(self, chosen: NDArray[np.intp] | slice) -> list[Floats]:
        """Unit vectors (B, D) of each symmetry."""
        whole = self.whole[chosen]
        return [self.space.project(turned_coefficients(whole, g)) for g in range(COUNT)]


def find_candidates(pictures: Pictures, space: Space) -> Candidates:
    """The nearest of each picture by the cosine in `space`.

    Memory: about 1.5 kB a picture, beside the square of a block.

    Args:
        pictures: N of them.
        space: fitted to them.
    """
    index = _index(pictures, space)
    pairs = [_nearest(index, block) for block in blocks(len(pictures))]
    return _posed(index, np.concatenate(pairs) if pairs else np.empty((0, 2), np.intp))


def coefficients(pictures: Pictures, order: int, chosen: NDArray[np.intp] | slice = slice(None)) -> Floats:
    """Cosine coefficients (B, K, K) of whole pictures."""
    basis = cosines(order, pictures.size)
    return apply(basis, pictures.whole(chosen), basis)


def _index(pictures: Pictures, space: Space) -> _Index:
    order, size = space.order, pictures.size
    basis = cosines(order, size)
    bases = []
    for ends in _CROPS:
        top, bottom, left, right = (np.array([end], np.float32) for end in ends)
        bases.append((basis @ cut(top, bottom, size)[0], basis @ cut(left, right, size)[0]))
    whole = np.empty((len(pictures), order, order), np.float32)
    cropped = np.empty((len(_CROPS), len(pictures), len(space.mean)), np.float32)
    for block in blocks(len(pictures)):
        some = pictures.whole(block)
        whole[block] = apply(basis, some, basis)
        for number, (rows, columns) in enumerate(bases):
            cropped[number, block] = space.project(apply(rows, some, columns))
    return _Index(space, whole, cropped)


def _nearest(index: _Index, mine: slice) -> NDArray[np.intp]:
    """(P, 2) pairs: a picture of this block, and one of the `_NEAREST` that come nearest to it."""
    laid = index.laid(mine)
    rows = mine.stop - mine.start
    values, others = np.empty((rows, 0), np.float32), np.empty((rows, 0), np.intp)
    for block in blocks(len(index.whole)):
        best = _best(laid, index.cropped[:, block])
        _forget_self(best, mine.start, block.start)
        numbers = np.broadcast_to(np.arange(block.start, block.stop), best.shape)
        values, others = _largest(np.hstack([values, best]), np.hstack([others, numbers]))
    row, place = np.nonzero(values >= _LEAST)
    return np.stack([row + mine.start, others[row, place]], axis=1)


def _largest(values: Floats, names: NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
    if values.shape[1] <= _NEAREST:
        return values, names
    order = np.argpartition(-values, _NEAREST - 1, axis=1)[:, :_NEAREST]
    return np.take_along_axis(values, order, axis=1), np.take_along_axis(names, order, axis=1)


def _best(laid: list[Floats], cropped: Floats) -> Floats:
    """(A, B) largest cosine over every symmetry of one and every crop (C, B, D) of the other."""
    best = laid[0] @ cropped[0].T
    cosine = np.empty_like(best)
    for one, other in product(laid, cropped):
        np.matmul(one, other.T, out=cosine)
        np.maximum(best, cosine, out=best)
    return best


def _forget_self(best: Floats, row_start: int, column_start: int) -> None:
    rows = np.arange(best.shape[0])
    columns = rows + row_start - column_start
    inside = (columns >= 0) & (columns < best.shape[1])
    best[rows[inside], columns[inside]] = -1


def _posed(index: _Index, pairs: NDArray[np.intp]) -> Candidates:
    """The symmetry and the crop in which each pair is nearest; of a pair found both ways the nearer way."""
    pose, value = np.zeros(len(pairs), np.intp), np.zeros(len(pairs), np.float32)
    for part in blocks(len(pairs)):
        laid = np.stack(index.laid(pairs[part, 0]), axis=1)
        cropped = index.cropped[:, pairs[part, 1]].transpose(1, 2, 0)
        cosine = (laid @ cropped).reshape(len(laid), -1)  # (P, 8 x C)
        pose[part], value[part] = cosine.argmax(axis=1), cosine.max(axis=1)
    names = np.sort(pairs, axis=1)
    order = np.lexsort((-value, names[:, 1], names[:, 0]))
    is_first = np.ones(len(order), bool)
    is_first[1:] = (np.diff(names[order], axis=0) != 0).any(axis=1)
    kept = order[is_first]
    edges = np.array(_CROPS, np.float32)[pose[kept] % len(_CROPS)]
    frames = Frames(_axis(edges[:, 0], edges[:, 1]), _axis(edges[:, 2], edges[:, 3]))
    return Candidates(pairs[kept, 0], pairs[kept, 1], pose[kept] // len(_CROPS), frames)


def _axis(low: Floats, high: Floats) -> Floats:
    return np.stack([(high - low) / 2, (high + low) / 2], axis=1)
