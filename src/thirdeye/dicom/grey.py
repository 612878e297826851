"""Stored grey values to physical ones, and physical ones to what is shown (PS3.4 N.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.window import apply_table, display_range, sigmoid, voi_table

FULL = 65535.0


def physical_values(header: Any, stored: NDArray[np.generic]) -> NDArray[np.float64]:
    """Values after the modality transform: a table, slope and intercept, or a dose grid's scaling.

    Args:
        header: of the frame, see `thirdeye.dicom.groups.frame_header`.
        stored: (H, W), see `thirdeye.dicom.frames.stored_values`.

    Raises:
        ValueError: a value is NaN or infinite, or too large for single precision.
    """
    from pydicom.pixels import apply_modality_lut

    if "DoseGridScaling" in header:
        values = stored.astype(np.float64) * float(header.DoseGridScaling)
    else:
        values = np.asarray(apply_modality_lut(stored, header), dtype=np.float64)
    if not np.isfinite(values).all() or np.abs(values).max(initial=0) > np.finfo(np.float32).max:
        raise ValueError("has pixels that are NaN or infinite after its rescale slope and intercept")
    return values


def shown_values(header: Any, values: NDArray[np.float64]) -> tuple[NDArray[np.uint16], str]:
    """Physical values onto 0 to 65,535 in display polarity (bright is bright), and whose window it was.

    MONOCHROME1 is inverted. A PresentationLUTShape says the same a second time (PS3.3 C.8.11.3.1.2: INVERSE
    goes with MONOCHROME1), so it does not turn the picture back.
    """
    grey = values.astype(np.float32)
    table, curve = voi_table(header), sigmoid(header, grey)
    if table is not None:
        shown, origin = apply_table(values, table), "VOI table of the file"
    elif curve is not None:
        shown, origin = curve, "window of the file"
    else:
        low, high, origin = display_range(header, grey)
        span = high - low if high > low else np.inf  # a constant image becomes 0 everywhere
        shown = np.clip((grey - low) / span, 0, 1)
    levels = np.rint(shown * FULL).astype(np.uint16)
    return (~levels if header.PhotometricInterpretation == "MONOCHROME1" else levels), origin
