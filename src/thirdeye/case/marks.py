"""Marks of a reader in one image: boxes, points, and what was measured from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Box:
    """One thing that was found.

    Args:
        name: class.
        score: calibrated where the study says so, 0 to 1; among boxes of one study higher is more certain.
        x_min, y_min, x_max, y_max: edges in pixels of the image, from its upper left corner.
    """

    name: str
    score: float
    x_min: float
    y_min: float
    x_max: float
    y_max: float

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class Landmark:
    """One point that was found.

    Args:
        name: of the landmark.
        x, y: in pixels of the image, from its upper left corner; the centre of the first pixel is (0.5, 0.5).
        certainty: 0 to 1; among landmarks of one study higher is more certain.
    """

    name: str
    x: float
    y: float
    certainty: float

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class Measurement:
    """An angle, distance or ratio derived from landmarks.

    Args:
        name: what it measures.
        value: in `unit`.
        unit: "deg", "mm", "px" or "1".
        type: that the value falls into by limits ("class II"); None where there are none.
    """

    name: str
    value: float
    unit: str
    type: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; without `type` where there is none."""
        return {name: value for name, value in asdict(self).items() if value is not None}
