"""A picture for a first look: a frame through its first window, made small."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.reading_room.pictures.frame import Frame

LONGEST_PX = 1024


def preview(frame: Frame, *, longest: int = LONGEST_PX) -> bytes:
    """A PNG of at most `longest` pixels a side."""
    picture = Picture.fromarray(frame.values if frame.is_colour else shown(frame))
    shrink = max(1, -(-max(picture.size) // longest))
    written = io.BytesIO()
    (picture.reduce(shrink) if shrink > 1 else picture).save(written, "PNG", compress_level=1)
    return written.getvalue()


def shown(frame: Frame) -> NDArray[np.uint8]:
    """(H, W) grey levels as the viewer shows them at first.

    Args:
        frame: grey.
    """
    low = np.iinfo(frame.values.dtype).min  # type: ignore[type-var]
    high = np.iinfo(frame.values.dtype).max  # type: ignore[type-var]
    stored = np.arange(low, high + 1, dtype=np.float64)
    levels = _levels(frame, stored * frame.slope + frame.intercept)
    eight = np.floor(levels * 255 + 0.5).astype(np.uint8)
    return (255 - eight if frame.inverted else eight)[frame.values.astype(np.int32) - low]


def _levels(frame: Frame, physical: NDArray[np.float64]) -> NDArray[np.float64]:
    """Physical values onto 0 to 1 through the first window (PS3.3 C.11.2.1)."""
    window = frame.windows[0]
    if window.shape == "table" and frame.table is not None:
        at = np.clip(np.floor(physical + 0.5) - frame.table_first, 0, frame.table.size - 1)
        return frame.table[at.astype(np.intp)].astype(np.float64)
    if window.shape == "sigmoid":
        return 1 / (1 + np.exp(np.clip(-4 * (physical - window.centre) / window.width, -80, 80)))
    low, high = window.ends
    return np.clip((physical - low) / (high - low), 0, 1)
