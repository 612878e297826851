"""An image: pixels with their meaning, ready to be looked at by a person or a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Image:
    """Pixels in display polarity (bright is bright), with geometry and origin.

    Args:
        pixels: (H, W) grey or (H, W, 3) colour; uint8, uint16 or float32, finite.
        bits: meaningful bits of an integer image, 8 to 16; 32 for float pixels in physical units.
        source: the file as the user knows it, relative to the data; never an absolute path.
        spacing_mm: (row, column) distance of pixel centres, where known.
        modality: DICOM modality code ("CR", "US"), where known.
        attributes: other facts that came with the file: body part, view, laterality, device.
    """

    pixels: NDArray[np.generic]
    bits: int
    source: str
    spacing_mm: tuple[float, float] | None = None
    modality: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def is_colour(self) -> bool:
        """True for (H, W, 3) pixels."""
        return self.pixels.ndim == 3
