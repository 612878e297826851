"""The boxes from which a detector starts, of whichever kind its network needs."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.plan.detection.multibox import MULTIBOX
from thirdeye.transform.detection.anchors import Anchors
from thirdeye.transform.detection.default_boxes import DefaultBoxes


class Places(Protocol):
    """Boxes of fixed size that a network answers for."""

    @property
    def strides(self) -> tuple[int, ...]:
        """Side of a cell of each map in pixels, the finest first."""

    @property
    def multiple(self) -> int:
        """What the sides of a window must be multiples of."""

    @property
    def trial_px(self) -> int:
        """Side of a window to try the network with."""

    def counts(self, sides: tuple[int, int]) -> list[int]:
        """Boxes of each map in a window of `sides` (height, width)."""

    def boxes(self, sides: tuple[int, int]) -> NDArray[np.float32]:
        """(n, 4) x_min, y_min, x_max, y_max of all boxes in a window of `sides` (height, width)."""


def places_of(
    architecture: str, strides: tuple[int, ...], sizes: tuple[float, ...], ratios: tuple[float, ...]
) -> Places:
    """What an architecture starts from: default boxes for an SSD, anchors of a pyramid for any other.

    Args:
        architecture: of a detector.
        strides, sizes, ratios: as of `Anchors` or `DefaultBoxes`.

    Raises:
        UsageError: they do not go together.
    """
    kind = DefaultBoxes if architecture in MULTIBOX else Anchors
    return kind(tuple(strides), tuple(sizes), tuple(ratios))
