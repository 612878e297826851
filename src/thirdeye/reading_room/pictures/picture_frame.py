"""A picture or a slice that is decoded already, as a frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.reading_room.pictures.compact import compact
from thirdeye.reading_room.pictures.frame import Frame, Window
from thirdeye.reading_room.pictures.windows import by_values, unlike

_EIGHT = Window.between(0, 255, "bits")


def picture_frame(image: Image) -> Frame:
    """An ordinary picture: grey with windows, colour as it is (of 16 bits a channel the upper 8)."""
    pixels = image.pixels
    if image.is_colour:
        return Frame(_eight_bits(pixels), spacing_mm=image.spacing_mm)
    values, slope, intercept = compact(pixels)
    windows = (_EIGHT,) if pixels.dtype == np.uint8 else ()
    return Frame(
        values, slope, intercept, windows=unlike((*windows, *by_values(pixels))), spacing_mm=image.spacing_mm
    )


def volume_frames(volume: Volume) -> list[Frame]:
    """The slices of a volume along its third index; rows follow the second index, columns the first.

    All slices share one scale and one list of windows. Of several channels the first is shown, unless there
    are three that the file calls colours.
    """
    voxels = volume.voxels
    i_mm, j_mm, _ = volume.geometry.spacing_mm
    if voxels.ndim == 4 and voxels.shape[3] == 3 and volume.attributes.get("photometric") == "RGB":
        colours = _eight_bits(voxels)
        return [Frame(_slice(colours, k), spacing_mm=(j_mm, i_mm)) for k in range(voxels.shape[2])]
    grey = voxels[..., 0] if voxels.ndim == 4 else voxels
    values, slope, intercept = compact(grey)
    windows = unlike(by_values(grey))
    return [
        Frame(_slice(values, k), slope, intercept, windows=windows, spacing_mm=(j_mm, i_mm))
        for k in range(grey.shape[2])
    ]


def _slice(voxels: NDArray[np.generic], k: int) -> NDArray[np.generic]:
    return np.ascontiguousarray(voxels[:, :, k].swapaxes(0, 1))


def _eight_bits(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint16:
        return (pixels.astype(np.uint16) >> 8).astype(np.uint8)
    return pixels.clip(0, 255).astype(np.uint8)
