"""Near-duplicates by name, and what was done to make one of the other, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.twins.pictures import Pictures
from thirdeye.intake.twins.search import Twins, find_twins
from thirdeye.intake.twins.symmetry import WORDS

_CROPPED = 0.015  # share of an area; less is within the exactness of the alignment
_RESCALED = 1.1  # ratio of sizes
_INVERSE = {5: 6, 6: 5}  # quarter turns; every other symmetry undoes itself


@dataclass(frozen=True)
class NearPair:
    """Two images that show nearly the same picture.

    Args:
        first, second: references.
        similarity: up to 1; what both show, laid over each other.
        how: how the second differs from the first ("rotated by 90 degrees, cropped by 4 %").
    """

    first: str
    second: str
    similarity: float
    how: str


def near_pairs(facts: pd.DataFrame, thumbnails: NDArray[np.uint8], *, seed: int) -> tuple[NearPair, ...]:
    """Every pair that was proven, the most alike first.

    Of pictures with identical pixels only the first is compared. Pictures without contrast are left out,
    and signals: their spectrograms are alike where the recordings are not.

    Args:
        facts, thumbnails: as in `thirdeye.intake.exhibits.Exhibits`.
        seed: any integer.
    """
    readable = (facts["error"].to_numpy() == "") & (facts["kind"].to_numpy() != "signal")
    fresh = ~facts["sha256"].duplicated().to_numpy()
    rows = np.flatnonzero(readable & fresh & (facts["std"].to_numpy() > 0))
    rows = np.array([row for row in rows if np.ptp(thumbnails[row])], np.intp)
    if len(rows) < 2:
        return ()
    chosen = facts.iloc[rows]
    sizes = chosen[["height", "width"]].to_numpy(float)
    twins = find_twins(Pictures(thumbnails, rows, sizes.min(axis=1)), seed=seed)
    images = [str(image) for image in chosen.index]
    pairs = [_described(one, images, sizes) for one in _one_by_one(twins)]
    return tuple(sorted(pairs, key=lambda pair: (-pair.similarity, pair.first, pair.second)))


@dataclass(frozen=True)
class _Pair:
    """One pair of `Twins`; `scale` along rows and columns, `shares` of the area of each that both show."""

    first: int
    second: int
    symmetry: int
    scale: tuple[float, float]
    shares: tuple[float, float]
    similarity: float

    def swapped(self) -> _Pair:
        """The same told from the other side."""
        inverse = _INVERSE.get(self.symmetry, self.symmetry)
        down, right = self.scale if not self.symmetry & 4 else self.scale[::-1]
        scale, shares = (1 / down, 1 / right), self.shares[::-1]
        return _Pair(self.second, self.first, inverse, scale, shares, self.similarity)


def _one_by_one(twins: Twins) -> Iterator[_Pair]:
    pairs = twins.pairs
    of_first, of_second = pairs.frames.shares()
    for p in range(len(pairs.first)):
        yield _Pair(
            int(pairs.first[p]),
            int(pairs.second[p]),
            int(pairs.symmetry[p]),
            (float(pairs.frames.rows[p, 0]), float(pairs.frames.columns[p, 0])),
            (float(of_first[p]), float(of_second[p])),
            float(twins.similarity[p]),
        )


def _described(pair: _Pair, images: Sequence[str], sizes: NDArray[np.float64]) -> NearPair:
    """In names and words; first comes the picture that shows more, has more pixels, or is listed first."""
    more = pair.shares[0] - pair.shares[1]  # what both show is a small share of the one that shows more
    if abs(more) <= _CROPPED:
        area = sizes.prod(axis=1)
        more = float(area[pair.second] - area[pair.first]) or float(pair.first - pair.second)
    if more > 0:
        pair = pair.swapped()
    how = _how(pair, sizes[pair.first], sizes[pair.second])
    return NearPair(images[pair.first], images[pair.second], round(pair.similarity, 3), how)


def _how(pair: _Pair, first: NDArray[np.float64], second: NDArray[np.float64]) -> str:
    """What was done, from the pose and the (height, width) of both."""
    said = [WORDS[pair.symmetry]] if WORDS[pair.symmetry] else []
    for share, which in zip(pair.shares, ("cropped", "the first cropped"), strict=True):
        if 1 - share > _CROPPED:
            said.append(f"{which} by {100 * (1 - share):.0f} %")
    before = first[::-1] if pair.symmetry & 4 else first
    # length of a thing in the second picture over that in the first, in pixels
    factor = math.sqrt(math.prod(second[axis] * pair.scale[axis] / max(before[axis], 1) for axis in (0, 1)))
    if max(factor, 1 / factor) > _RESCALED:
        said.append(f"rescaled to {100 * factor:.0f} %")
    return ", ".join(said) or "changed slightly or saved again"
