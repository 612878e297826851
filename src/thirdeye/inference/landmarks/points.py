"""The points that were found in one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Points:
    """One place per landmark, in the order of the study's landmarks.

    Args:
        xy: (p, 2) float64 pixels of the image as stored, from its upper left corner (the centre of the first
            pixel is (0.5, 0.5)); possibly a little outside; NaN where a landmark was not found.
        certainty: (p,) float64, 0 to 1; among landmarks of one study higher is more certain.
    """

    xy: NDArray[np.float64]
    certainty: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.xy.ndim != 2 or self.xy.shape[1] != 2 or self.certainty.shape != self.xy.shape[:1]:
            raise ValueError(
                f"expected (p, 2) places and (p,) certainties, got {self.xy.shape} and {self.certainty.shape}"
            )
