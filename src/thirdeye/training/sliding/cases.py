"""What a sliding classifier learns from: images as it sees them, and where their objects are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLEAR = 0.5  # of an object's side: a place further from its centre than this is not that object


@dataclass(frozen=True)
class SlidingCase:
    """One image.

    Args:
        pixels: (H, W, C) uint8 at the network's scale, possibly a memory map.
        centres: (n, 2) row and column of the middle of each object, in pixels from the upper left corner.
        classes: (n,) 1 and up; 0 is background.
        sides: (n,) mean of width and height of each object, in pixels.
    """

    pixels: NDArray[np.uint8]
    centres: NDArray[np.float64]
    classes: NDArray[np.int64]
    sides: NDArray[np.float64]

    def is_clear(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which places (m, 2) are no object's middle."""
        if not len(self.centres):
            return np.ones(len(places), bool)
        gaps = np.linalg.norm(places[:, None] - self.centres[None], axis=2)
        return np.asarray((gaps > CLEAR * self.sides[None]).all(axis=1))


@dataclass(frozen=True)
class HardPlaces:
    """Places where a network wrongly saw an object.

    Args:
        rows: (m,) position of the case.
        places: (m, 2) row and column in pixels.
        scores: (m,) how sure it was, 0 to 1.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.float64]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> HardPlaces:
        """Nothing was mined yet."""
        return cls(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))

    def with_more(self, other: HardPlaces) -> HardPlaces:
        """Both together."""
        return HardPlaces(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.places, other.places]),
            np.concatenate([self.scores, other.scores]),
        )
