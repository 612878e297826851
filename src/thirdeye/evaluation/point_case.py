"""The points of one image: where they are, and where a reader says they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PointCase:
    """One image with points.

    Args:
        case: its name.
        patient: who it is of; "" where unknown.
        reference: (p, 2) x and y in pixels of the image as stored; NaN where nobody marked the landmark.
        found: (p, 2) the reader's; NaN where it was not found.
        size: width and height in pixels.
        mm_per_px: size of a pixel along x and y; None where unknown.
        certainty: (p,) 0 to 1; empty where the reader gives none.
        stated: name of a measurement to the value that the data's table holds.

    Raises:
        UsageError: reference and found are not of one shape (p, 2).
    """

    case: str
    patient: str
    reference: Array
    found: Array
    size: tuple[float, float]
    mm_per_px: tuple[float, float] | None = None
    certainty: tuple[float, ...] = ()
    stated: dict[str, float] | None = None

    def __post_init__(self) -> None:
        if self.reference.shape != self.found.shape or self.reference.shape[1:] != (2,):
            raise UsageError(
                f"{self.case}: expected two arrays (points, 2), got {self.reference.shape} and "
                f"{self.found.shape}"
            )

    def distances(self, unit: str) -> Array:
        """(p,) in "mm", "px" or "pct" of the longer side; NaN where either is missing."""
        scale = self.mm_per_px if unit == "mm" and self.mm_per_px else (1.0, 1.0)
        gaps = np.linalg.norm((self.found - self.reference) * np.asarray(scale), axis=1)
        return np.asarray(100 * gaps / max(self.size) if unit == "pct" else gaps)

    @property
    def there(self) -> NDArray[np.bool_]:
        """(p,) whether the reference has the landmark."""
        return np.asarray(np.isfinite(self.reference).all(axis=1))

    @property
    def missing(self) -> NDArray[np.bool_]:
        """(p,) whether the reference has it and the reader did not find it."""
        return np.asarray(self.there & ~np.isfinite(self.found).all(axis=1))
