"""Where a detector looks: the anchors of every level of its pyramid. Training and reading share them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Anchors:
    """Boxes of fixed size about the centre of every cell of every level.

    Args:
        strides: side of a cell of each level in pixels, the finest level first, each twice the last.
        sizes: of the anchors of each level: the square root of their area, in pixels.
        ratios: height over width of the anchors; each cell has one of each.

    Raises:
        UsageError: as many sizes as strides are needed, and strides that double.
    """

    strides: tuple[int, ...]
    sizes: tuple[float, ...]
    ratios: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not self.strides or len(self.sizes) != len(self.strides) or not self.ratios:
            raise UsageError(
                f"anchors need a size for each of {len(self.strides)} strides and a ratio, got "
                f"{len(self.sizes)} sizes and {len(self.ratios)} ratios"
            )
        if any(b != 2 * a for a, b in zip(self.strides, self.strides[1:], strict=False)):
            raise UsageError(f"each stride of a pyramid is twice the last, got {self.strides}")

    @property
    def multiple(self) -> int:
        """What the sides of a window must be multiples of."""
        return max(32, self.strides[-1])

    @property
    def trial_px(self) -> int:
        """Side of a window to try a network with."""
        return 2 * self.multiple

    def counts(self, sides: tuple[int, int]) -> list[int]:
        """Anchors of each level in a window of `sides` (height, width)."""
        return [(sides[0] // s) * (sides[1] // s) * len(self.ratios) for s in self.strides]

    def boxes(self, sides: tuple[int, int]) -> Array:
        """(n, 4) x_min, y_min, x_max, y_max of all anchors: by level, row, column, ratio.

        Args:
            sides: (height, width) of the window, multiples of `multiple`.
        """
        return np.concatenate(
            [self._level(sides, *level) for level in zip(self.strides, self.sizes, strict=True)]
        )

    def _level(self, sides: tuple[int, int], stride: int, size: float) -> Array:
        rows, columns = (np.arange(side // stride, dtype=np.float32) * stride + stride / 2 for side in sides)
        roots = np.sqrt(np.asarray(self.ratios, np.float32))
        half = np.stack([size / roots, size * roots], axis=1) / 2  # (r, 2) of width, height
        y, x = np.meshgrid(rows, columns, indexing="ij")
        centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
        return np.concatenate([centres - half, centres + half], axis=-1).reshape(-1, 4).astype(np.float32)
