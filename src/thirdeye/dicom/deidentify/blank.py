"""Parts of an image blacked out in every frame, and what that means for the header (PS3.15 E.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.deidentify.file import CannotBeCleaned, is_video
from thirdeye.dicom.deidentify.profile import CLEAN_PIXELS, OPTIONS
from thirdeye.dicom.deidentify.record import add_codes
from thirdeye.dicom.quiet import quiet_decoders


def blank(dataset: Any, boxes: Sequence[tuple[int, int, int, int]]) -> None:
    """Black out boxes in all frames, in place; compressed pixels become uncompressed ones.

    Args:
        dataset: de-identified.
        boxes: (left, upper, right, lower) in pixels, the right and lower edges outside.

    Raises:
        CannotBeCleaned: the pixels cannot be decoded or written again.
    """
    from pydicom.pixels import pixel_array

    if is_video(dataset):
        raise CannotBeCleaned("is a video, which cannot be blacked out here")
    try:
        with quiet_decoders():
            pixels = np.array(pixel_array(dataset))  # RGB, also from YBR
            photometric = str(dataset.PhotometricInterpretation)
            photometric = "RGB" if photometric.startswith("YBR") else photometric
            is_colour = int(dataset.SamplesPerPixel) > 1
            dark = _darkest(pixels, dataset)
            for left, upper, right, lower in boxes:
                if is_colour:
                    pixels[..., upper:lower, left:right, :] = dark
                else:
                    pixels[..., upper:lower, left:right] = dark
            dataset.set_pixel_data(pixels, photometric, int(dataset.BitsStored), generate_instance_uid=False)
    except CannotBeCleaned:
        raise
    except Exception as error:  # a decoder may raise anything
        raise CannotBeCleaned(f"has pixels that cannot be blacked out ({type(error).__name__})") from error


def record_look(dataset: Any) -> None:
    """Enter that a person has looked at the pixels: no identity is burned in, the option was carried out."""
    dataset.BurnedInAnnotation = "NO"
    option = OPTIONS[CLEAN_PIXELS]
    add_codes(dataset, [(option.code, option.meaning)])


def _darkest(pixels: NDArray[Any], dataset: Any) -> int:
    """The stored value that is shown darkest: of those that occur, so that no window is disturbed."""
    photometric = str(dataset.PhotometricInterpretation)
    if photometric == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        indices = np.unique(pixels)
        return int(indices[np.argmin(apply_color_lut(indices[None], dataset).sum(axis=-1))])
    if int(dataset.SamplesPerPixel) > 1:
        return 0
    return int(pixels.max() if photometric == "MONOCHROME1" else pixels.min())
