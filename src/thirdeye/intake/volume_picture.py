"""A picture of a volume: one slice, as it hangs on a light box.

Radiological convention: the patient is looked at from the feet (axial) or from the front (coronal), so the
patient's right side is on the left of the picture; in a sagittal slice the face is on the left. Up is the
front (axial) or the head (coronal, sagittal). Whatever the file's orientation, the picture is the same.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.orientation import turn, turn_voxels
from thirdeye.case.volume import Volume

Plane = Literal["axial", "coronal", "sagittal"]
SHOWN = "LPI"  # i to the left, j to the back, k to the feet: what grows to the right and down in pictures
ACROSS: dict[Plane, int] = {"sagittal": 0, "coronal": 1, "axial": 2}  # the index that a slice fixes
_PLANES: tuple[Plane, ...] = ("sagittal", "coronal", "axial")
_PERCENTILES = (0.5, 99.5)
_THICKER = 1.1  # an index with so much more spacing than both others is the one across the slices
_MASK_COLOURS = np.array(
    [(230, 75, 53), (77, 187, 213), (0, 160, 135), (243, 155, 127), (60, 84, 136), (145, 209, 194)], np.uint8
)


def plane_of(volume: Volume) -> Plane:
    """The plane in which slices were taken: across the widest spacing; axial where no spacing stands out."""
    order, _ = turn(volume.geometry.orientation, SHOWN)
    spacing = [volume.geometry.spacing_mm[index] for index in order]
    across = int(np.argmax(spacing))
    others = [length for index, length in enumerate(spacing) if index != across]
    return _PLANES[across] if spacing[across] > _THICKER * max(others) else "axial"


def slice_of(
    voxels: NDArray[np.generic], orientation: str, plane: Plane, *, at: float = 0.5
) -> NDArray[np.generic]:
    """(H, W) or (H, W, C): one slice in radiological convention, values untouched.

    Args:
        voxels: (I, J, K) or (I, J, K, C) in `orientation`.
        orientation: as of `thirdeye.case.orientation`.
        plane: which way to cut.
        at: where, 0 to 1 from the left, the back... in the order of the picture; 0.5 is the middle.
    """
    across = ACROSS[plane]
    shown = turn_voxels(voxels, orientation, SHOWN)
    place = min(shown.shape[across] - 1, int(at * shown.shape[across]))
    cut = np.take(shown, place, axis=across)
    return np.swapaxes(cut, 0, 1)


def slice_picture(volume: Volume, *, plane: Plane | None = None, at: float = 0.5) -> Image:
    """The central slice in the plane of acquisition, 8 bits, window from its percentiles 0.5 to 99.5.

    Of channels or time points the first is shown; colours stay colours.

    Args:
        volume: what to show.
        plane: another plane than `plane_of` finds.
        at: as of `slice_of`.
    """
    chosen = plane or plane_of(volume)
    is_colour = volume.attributes.get("photometric") == "RGB" and volume.voxels.ndim == 4
    voxels = volume.voxels if is_colour or volume.voxels.ndim == 3 else volume.voxels[..., 0]
    cut = slice_of(voxels, volume.geometry.orientation, chosen, at=at)
    pixels = cut.astype(np.uint8) if is_colour else windowed(cut)
    return Image(
        pixels=np.ascontiguousarray(pixels),
        bits=8,
        source=volume.source,
        spacing_mm=_spacing(volume, chosen),
        modality=volume.modality,
        attributes=volume.attributes,
    )


def _spacing(volume: Volume, plane: Plane) -> tuple[float, float]:
    """(row, column) distance in the picture."""
    order, _ = turn(volume.geometry.orientation, SHOWN)
    columns, rows = (order[index] for index in range(3) if index != ACROSS[plane])
    return volume.geometry.spacing_mm[rows], volume.geometry.spacing_mm[columns]


def windowed(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Percentiles 0.5 to 99.5 over the full range of 8 bits; zeros where all values are (nearly) one."""
    numbers = values.astype(np.float64)
    low, high = np.percentile(numbers, _PERCENTILES)
    if high <= low:  # what little differs is still shown
        low, high = numbers.min(), numbers.max()
    if not high > low:
        return np.zeros(values.shape, np.uint8)
    return np.rint(np.clip((numbers - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def mask_colour(number: int) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of the number of a structure from 1; the same in every picture."""
    red, green, blue = _MASK_COLOURS[(number - 1) % len(_MASK_COLOURS)]
    return int(red), int(green), int(blue)


def overlaid(
    picture: NDArray[np.uint8], mask: NDArray[np.generic], *, opacity: float = 0.5
) -> NDArray[np.uint8]:
    """(H, W, 3): a grey or colour picture with each value of a mask in its own colour; 0 shows nothing.

    Args:
        picture: (H, W) or (H, W, 3).
        mask: (H, W) whole numbers; a value has the same colour in every picture.
        opacity: of the mask, 0 to 1.
    """
    base = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
    values = mask.astype(np.int64)
    colours = _MASK_COLOURS[(values - 1) % len(_MASK_COLOURS)]
    mixed = np.rint((1 - opacity) * base + opacity * colours).astype(np.uint8)
    return np.where((values != 0)[..., None], mixed, base).astype(np.uint8)
