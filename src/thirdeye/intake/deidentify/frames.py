"""DICOM pixels as pictures to search for text, and back with some of it blacked out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.quiet import quiet_decoders

_MOST_FRAMES = 3  # text stands still: the first, the middle and the last are searched
_OUTLIERS = 0.1  # percent of the pixels that may be darker or brighter than what is shown
_GREY = ("MONOCHROME1", "MONOCHROME2")


def pictures(dataset: Any) -> list[NDArray[np.uint8]]:
    """A few frames as 8-bit pictures.

    Args:
        dataset: a pydicom dataset with pixels.

    Raises:
        Exception: the pixels cannot be decoded; any kind, as decoders have it.
    """
    from pydicom.pixels import pixel_array

    frames = int(dataset.get("NumberOfFrames") or 1)
    wanted = sorted({0, frames // 2, frames - 1})[:_MOST_FRAMES]
    with quiet_decoders():
        if frames == 1:
            return [_shown(pixel_array(dataset), dataset)]
        return [_shown(pixel_array(dataset, index=index), dataset) for index in wanted]


def _shown(pixels: NDArray[Any], dataset: Any) -> NDArray[np.uint8]:
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        pixels = apply_color_lut(pixels, dataset)
    values = np.asarray(pixels, dtype=np.float32)
    low, high = np.percentile(values, (_OUTLIERS, 100 - _OUTLIERS))
    shown = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    return np.ascontiguousarray(
        np.rint(255 * shown).astype(np.uint8)[..., :3]
        if shown.ndim == 3
        else np.rint(255 * shown).astype(np.uint8)
    )
