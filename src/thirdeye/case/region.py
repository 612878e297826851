"""A region: where something is in an image, and how large."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Region:
    """One structure as it was found in one image.

    Args:
        structure: name.
        size: area or volume.
        size_unit: "px", "mm2" or "ml".
        diameter: longest distance between the centres of two places of one piece, in `length_unit`.
        length_unit: "px" or "mm".
        pieces: connected pieces.
        box: first and last index along each axis of the image.
    """

    structure: str
    size: float
    size_unit: str
    diameter: float
    length_unit: str
    pieces: int
    box: tuple[tuple[int, int], ...]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)
