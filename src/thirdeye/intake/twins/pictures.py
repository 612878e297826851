"""The thumbnails that are compared: some rows of a large array, read a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.twins.frame import Floats

BLOCK = 1024


@dataclass(frozen=True)
class Pictures:
    """A choice of thumbnails; nothing is copied before it is asked for.

    Args:
        thumbnails: (M, S, S), S even; may lie on disk.
        rows: (N,) which of them.
        side_px: (N,) shorter side of the pictures themselves.
    """

    thumbnails: NDArray[np.uint8]
    rows: NDArray[np.intp]
    side_px: NDArray[np.number]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def size(self) -> int:
        """Side of a thumbnail."""
        return int(self.thumbnails.shape[1])

    def whole(self, chosen: NDArray[np.intp] | slice) -> Floats:
        """(B, S, S)."""
        return self.thumbnails[self.rows[chosen]].astype(np.float32)

    def halved(self, chosen: NDArray[np.intp] | slice) -> Floats:
        """(B, S / 2, S / 2), means of two by two."""
        small = self.thumbnails[self.rows[chosen]].astype(np.uint16)
        summed = small[:, ::2] + small[:, 1::2]
        return (summed[:, :, ::2] + summed[:, :, 1::2]).astype(np.float32) / 4


def blocks(length: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover `length` things."""
    return (slice(start, min(start + size, length)) for start in range(0, length, size))
