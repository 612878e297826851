"""What the viewer is sent of one frame: its values, and what they mean."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Shape = Literal["linear", "exact", "sigmoid", "table"]


@dataclass(frozen=True)
class Window:
    """A window onto grey values in physical units (PS3.3 C.11.2.1.2 and C.11.2.1.3).

    Args:
        centre, width: of the window; 0 where a table takes its place.
        shape: LINEAR, LINEAR_EXACT or SIGMOID of the standard, or the file's VOI table.
        word: its name on the screen ("lung"), a key under ``viewer.window_``.
    """

    centre: float
    width: float
    shape: Shape
    word: str

    @property
    def ends(self) -> tuple[float, float]:
        """The values that are shown black and white."""
        if self.shape == "linear":
            return self.centre - 0.5 - (self.width - 1) / 2, self.centre - 0.5 + (self.width - 1) / 2
        return self.centre - self.width / 2, self.centre + self.width / 2

    @classmethod
    def between(cls, low: float, high: float, word: str) -> Window:
        """The window whose ends are given; a window of no width becomes one of 1."""
        width = high - low if high > low else 1.0
        return cls(low + width / 2, width, "exact", word)


@dataclass(frozen=True)
class Frame:
    """One frame, ready to be sent.

    Args:
        values: (H, W) uint8, uint16 or int16; (H, W, 3) uint8 for colour.
        slope, intercept: physical value = slope x value + intercept.
        inverted: low values are bright (MONOCHROME1).
        windows: the first is shown at first; none for colour.
        spacing_mm: (row, column) distance of pixel centres; None where unknown.
        unit: "HU" or "".
        table: entries 0 to 1 of a VOI table; None where there is none.
        table_first: physical value of its first entry.
    """

    values: NDArray[np.generic]
    slope: float = 1.0
    intercept: float = 0.0
    inverted: bool = False
    windows: tuple[Window, ...] = ()
    spacing_mm: tuple[float, float] | None = None
    unit: str = ""
    table: NDArray[np.float32] | None = None
    table_first: int = 0

    @property
    def is_colour(self) -> bool:
        """True for (H, W, 3) values."""
        return self.values.ndim == 3

    def header(self) -> dict[str, Any]:
        """What is known beside the values, JSON-ready; the table as 16-bit integers."""
        return {
            "type": self.values.dtype.str[1:],
            "rows": int(self.values.shape[0]),
            "columns": int(self.values.shape[1]),
            "channels": 3 if self.is_colour else 1,
            "slope": self.slope,
            "intercept": self.intercept,
            "inverted": self.inverted,
            "windows": [asdict(window) for window in self.windows],
            "spacing_mm": self.spacing_mm,
            "unit": self.unit,
            "table": None if self.table is None else np.rint(self.table * 65535).astype(int).tolist(),
            "table_first": self.table_first,
        }
