"""Which grey values are shown: the file's own window, or one that suits the modality."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Centre and width in Hounsfield units by body part; customary reading windows.
_CT_WINDOWS = {
    "HEAD": (40.0, 80.0),
    "BRAIN": (40.0, 80.0),
    "CHEST": (-600.0, 1500.0),
    "LUNG": (-600.0, 1500.0),
    "THORAX": (-600.0, 1500.0),
}
_CT_SOFT_TISSUE = (40.0, 400.0)
_PERCENTILES = (0.5, 99.5)


def display_range(dataset: Any, values: NDArray[np.float32]) -> tuple[float, float, str]:
    """Lowest and highest grey value shown, and where they come from.

    Order: the file's first valid window (PS3.3 C.11.2.1.2, linear); for CT in Hounsfield units the reading
    window of the body part; otherwise the 0.5th to 99.5th percentile of the pixels that are not padding.

    Args:
        dataset: the pydicom dataset.
        values: (H, W) grey values after the modality transform, finite.

    Returns:
        low, high (low < high unless the image is constant), and words such as "window of the file".
    """
    window = _own_window(dataset)
    if window is not None:
        centre, width = window
        if str(dataset.get("VOILUTFunction", "")).strip() == "LINEAR_EXACT":
            return centre - width / 2, centre + width / 2, "window of the file"
        return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2, "window of the file"
    if str(dataset.get("Modality", "")) == "CT" and _is_hounsfield(dataset):
        part = str(dataset.get("BodyPartExamined", "")).upper()
        centre, width = _CT_WINDOWS.get(part, _CT_SOFT_TISSUE)
        return centre - width / 2, centre + width / 2, f"CT window {centre:g}/{width:g}"
    full = _full_range(dataset) if int(dataset.BitsAllocated) <= 8 else None
    if full is not None:
        return full
    low, high = np.percentile(_without_padding(dataset, values), _PERCENTILES)
    return float(low), float(high), "percentiles 0.5 to 99.5"


def sigmoid(dataset: Any, values: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Values from 0 to 1 where the file's window is a SIGMOID (PS3.3 C.11.2.1.3.1); None where it is not."""
    window = _own_window(dataset)
    if window is None or str(dataset.get("VOILUTFunction", "")).strip() != "SIGMOID":
        return None
    centre, width = window
    steps = np.clip(-4 * (values - np.float32(centre)) / np.float32(width), -80, 80)
    return (1 / (1 + np.exp(steps))).astype(np.float32)


def _full_range(dataset: Any) -> tuple[float, float, str] | None:
    """Everything that the stored bits of up to 8 can say; None beside a modality table."""
    if dataset.get("ModalityLUTSequence"):
        return None
    bits = int(dataset.BitsStored)
    lowest = -(1 << (bits - 1)) if int(dataset.get("PixelRepresentation") or 0) else 0
    slope, intercept = _first(dataset.get("RescaleSlope")), _first(dataset.get("RescaleIntercept")) or 0.0
    ends = sorted((slope or 1.0) * stored + intercept for stored in (lowest, lowest + (1 << bits) - 1))
    return ends[0], ends[1], f"full range of {counted_bits(bits)}"


def counted_bits(bits: int) -> str:
    """ "1 bit", "8 bits"."""
    return "1 bit" if bits == 1 else f"{bits} bits"


@dataclass(frozen=True)
class VoiTable:
    """A VOI LUT (PS3.3 C.11.2.1.1).

    Args:
        values: entries of the table, 0 to 1.
        first: grey value that the first entry stands for; values outside take the nearest entry.
    """

    values: NDArray[np.float32]
    first: int


def voi_table(dataset: Any) -> VoiTable | None:
    """The first VOI table of the file; None where there is none, or a window takes its place."""
    items = dataset.get("VOILUTSequence")
    if not items or _own_window(dataset) is not None:
        return None
    descriptor = items[0].get("LUTDescriptor")
    data = items[0].get("LUTData")
    if descriptor is None or len(descriptor) != 3 or data is None or not 8 <= int(descriptor[2]) <= 16:
        return None
    order = "<u2" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">u2"
    entries = np.frombuffer(data, order) if isinstance(data, bytes) else np.asarray(data)
    if entries.size < 2:
        return None
    return VoiTable(
        (entries / (2.0 ** int(descriptor[2]) - 1)).clip(0, 1).astype(np.float32), int(descriptor[1])
    )


def apply_table(values: NDArray[np.float64], table: VoiTable) -> NDArray[np.float32]:
    """(H, W) grey values through the table, 0 to 1."""
    at = np.clip(np.rint(values) - table.first, 0, table.values.size - 1).astype(np.intp)
    return table.values[at]


def _own_window(dataset: Any) -> tuple[float, float] | None:
    centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    if centre is None or width is None or width < 1:
        return None
    return (centre, width) if width > 1 else (centre, 2.0)


def _first(value: Any) -> float | None:
    """The first of one or several decimal strings, None unless it is a finite number."""
    if value is None or isinstance(value, str):
        return None
    try:
        number = float(value[0] if hasattr(value, "__len__") else value)
    except (TypeError, ValueError, IndexError):
        return None
    return number if math.isfinite(number) else None


def _is_hounsfield(dataset: Any) -> bool:
    return "RescaleIntercept" in dataset and str(dataset.get("RescaleType", "HU") or "HU") == "HU"


def _without_padding(dataset: Any, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Padding (PS3.3 C.7.5.1.1.2) is not anatomy; values equal to the rescaled padding value are left out."""
    padding = dataset.get("PixelPaddingValue")
    if not isinstance(padding, int):
        return values
    slope = _first(dataset.get("RescaleSlope")) or 1.0
    intercept = _first(dataset.get("RescaleIntercept")) or 0.0
    kept = values[values != np.float32(padding * slope + intercept)]
    return kept if kept.size else values
