"""Windows to choose from: the file's own first, then those that suit the modality."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.window import display_range, voi_table
from thirdeye.reading_room.pictures.frame import Shape, Window

# Centre and width in Hounsfield units: customary reading windows.
_CT = (
    Window(40, 400, "linear", "soft"),
    Window(-600, 1500, "linear", "lung"),
    Window(400, 1800, "linear", "bone"),
    Window(40, 80, "linear", "brain"),
    Window(75, 215, "linear", "subdural"),
    Window(60, 160, "linear", "liver"),
)
_SHAPES: dict[str, Shape] = {"SIGMOID": "sigmoid", "LINEAR_EXACT": "exact"}
_PERCENTILES = (0.5, 99.5)
_ENOUGH = 1 << 18  # pixels from which percentiles are taken
_MOST_OWN = 6


def windows_of(header: Any, values: NDArray[np.float64]) -> tuple[Window, ...]:
    """Windows of a frame of DICOM; the first is the one that `thirdeye read` looks through.

    Args:
        header: of the frame.
        values: (H, W) physical values, finite.
    """
    own = _own(header)
    if voi_table(header) is not None:
        own = (Window(0, 0, "table", "file"),)
    elif not own:
        low, high, origin = display_range(header, values.astype(np.float32))
        own = (Window.between(low, high, _word(origin)),)
    presets = _CT if str(header.get("Modality", "")) == "CT" and "RescaleIntercept" in header else ()
    return unlike((*own, *presets, *by_values(values)))


def by_values(values: NDArray[np.generic]) -> tuple[Window, ...]:
    """The windows that values themselves suggest: without their extremes, and all of them."""
    few = values.ravel()[:: max(1, values.size // _ENOUGH)].astype(np.float64)
    low, high = np.percentile(few, _PERCENTILES)
    return (
        Window.between(float(low), float(high), "auto"),
        Window.between(float(values.min()), float(values.max()), "full"),
    )


def unlike(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """The windows without repetitions, the first of each kept."""
    kept: dict[tuple[object, ...], Window] = {}
    for window in windows:
        kept.setdefault((round(window.centre, 3), round(window.width, 3), window.shape), window)
    return tuple(kept.values())


def _word(origin: str) -> str:
    if origin.startswith("CT"):
        return "ct"
    return "auto" if origin.startswith("percentiles") else "bits"


def _own(header: Any) -> tuple[Window, ...]:
    """The valid windows that the file names (PS3.3 C.11.2.1.2); those narrower than 1 are none."""
    shape = _SHAPES.get(str(header.get("VOILUTFunction", "")).strip(), "linear")
    centres, widths = _numbers(header.get("WindowCenter")), _numbers(header.get("WindowWidth"))
    valid = [
        Window(centre, max(2.0, width), shape, "file")
        for centre, width in zip(centres, widths, strict=False)
        if math.isfinite(centre) and math.isfinite(width) and width >= 1
    ]
    first_is_valid = bool(valid) and valid[0].centre == centres[0]
    return tuple(valid[:_MOST_OWN]) if first_is_valid else ()


def _numbers(value: Any) -> list[float]:
    if value is None or isinstance(value, str):
        return []
    try:
        return [float(one) for one in (value if hasattr(value, "__len__") else [value])]
    except (TypeError, ValueError):
        return []
