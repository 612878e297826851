"""Where an SSD looks: default boxes of several shapes about the centre of every cell of every map.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, section 2.2; the arithmetic and the order
are those of torchvision's `DefaultBoxGenerator`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Array = NDArray[np.float32]
FEW_SHAPES = 2  # coarsest maps that, as the finest one, have fewer shapes


@dataclass(frozen=True)
class DefaultBoxes:
    """Boxes of fixed sizes and shapes in a square window whose side is the coarsest stride.

    Every cell has a square of its map's size, a square between that and the next map's size, and of every
    further ratio a flat and an upright box. The last ratio is left out in the finest and the two coarsest
    maps. SSD300: 8,732 boxes.

    Args:
        strides: side of a cell of each map in pixels, the finest first; the last is the side of the window.
        sizes: of the boxes of each map in pixels: the square root of their area.
        ratios: 1, then those of longer to shorter side.

    Raises:
        UsageError: as many sizes as strides are needed, strides that rise, and ratios that begin with 1.
    """

    strides: tuple[int, ...]
    sizes: tuple[float, ...]
    ratios: tuple[float, ...] = (1.0, 2.0, 3.0)

    def __post_init__(self) -> None:
        if len(self.strides) < 2 or len(self.sizes) != len(self.strides):
            raise UsageError(
                f"default boxes need a size for each of two strides or more, got {len(self.sizes)} sizes and "
                f"{len(self.strides)} strides"
            )
        if any(b <= a for a, b in zip(self.strides, self.strides[1:], strict=False)):
            raise UsageError(f"the strides of default boxes rise, got {self.strides}")
        if not self.ratios or self.ratios[0] != 1 or min(self.ratios) < 1:
            raise UsageError(
                f"the ratios of default boxes are 1, then longer to shorter side, got {self.ratios}"
            )

    @property
    def multiple(self) -> int:
        """Side of the window: the network reads no other."""
        return self.strides[-1]

    @property
    def trial_px(self) -> int:
        """Side of a window to try the network with."""
        return self.multiple

    @property
    def grids(self) -> tuple[int, ...]:
        """Cells along a side of each map."""
        return tuple(math.ceil(self.multiple / stride) for stride in self.strides)

    def shapes(self, level: int) -> tuple[tuple[float, float], ...]:
        """(width, height) in pixels of the boxes of a cell of a map; no side is longer than the window."""
        following = (*self.sizes[1:], 2 * self.sizes[-1] - self.sizes[-2])
        size, between = self.sizes[level], math.sqrt(self.sizes[level] * following[level])
        few = level == 0 or level >= len(self.strides) - FEW_SHAPES
        ratios = self.ratios[1:-1] if few and len(self.ratios) > 2 else self.ratios[1:]
        found = [(size, size), (between, between)]
        for ratio in ratios:
            root = math.sqrt(ratio)
            found += [(size * root, size / root), (size / root, size * root)]
        return tuple((min(width, self.multiple), min(height, self.multiple)) for width, height in found)

    def counts(self, sides: tuple[int, int]) -> list[int]:
        """Boxes of each map; raises as `boxes`."""
        self._refuse_other(sides)
        return [grid * grid * len(self.shapes(level)) for level, grid in enumerate(self.grids)]

    def boxes(self, sides: tuple[int, int]) -> Array:
        """(n, 4) x_min, y_min, x_max, y_max of all boxes: by map, row, column, shape.

        Args:
            sides: (height, width) of the window: `multiple` both.

        Raises:
            UsageError: another window.
        """
        self._refuse_other(sides)
        return np.concatenate([self._level(level) for level in range(len(self.strides))])

    def _level(self, level: int) -> Array:
        middles = (np.arange(self.grids[level]) + 0.5) * self.strides[level]
        y, x = np.meshgrid(middles, middles, indexing="ij")
        centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
        half = np.asarray(self.shapes(level)) / 2
        return np.concatenate([centres - half, centres + half], axis=-1).reshape(-1, 4).astype(np.float32)

    def _refuse_other(self, sides: tuple[int, int]) -> None:
        if tuple(sides) != (self.multiple, self.multiple):
            raise UsageError(
                f"these default boxes are of windows of {self.multiple} x {self.multiple} pixels, got "
                f"{sides[0]} x {sides[1]}"
            )
