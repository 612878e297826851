"""What was marked, drawn on the image: a thin veil and a firm outline in the colour of each structure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.orientation import turn, turn_voxels
from thirdeye.case.volume import Volume
from thirdeye.intake.volume_picture import (
    ACROSS,
    SHOWN,
    Plane,
    mask_colour,
    overlaid,
    plane_of,
    slice_of,
    slice_picture,
    windowed,
)

LARGEST_SIDE = 1024  # of a picture; larger images are shrunk
LEAST_SIDE = 320  # smaller images are enlarged, so that an outline can be seen
VEIL = 0.25
_LINE = 22  # height of a line of the legend

Pixels = NDArray[np.uint8]
Labels = NDArray[np.uint8]


def marked_picture(item: Image | Volume, labels: Labels) -> tuple[Pixels, str]:
    """(H, W, 3) picture with what was marked, and which slice of a volume it is ("" for an image).

    Of a volume the slice with most of it, in radiological convention; the middle one where nothing is marked.

    Args:
        item: what was read.
        labels: on its own grid.
    """
    if isinstance(item, Image):
        pixels = item.pixels if item.pixels.dtype == np.uint8 else windowed(item.pixels)
        return drawn_on(np.asarray(pixels, np.uint8), labels, item.spacing_mm or (1.0, 1.0)), ""
    plane = plane_of(item)
    at, place = fullest(item, labels, plane)
    shown = slice_picture(item, plane=plane, at=at)
    cut = slice_of(labels, item.geometry.orientation, plane, at=at).astype(np.uint8)
    picture = drawn_on(np.asarray(shown.pixels, np.uint8), cut, shown.spacing_mm or (1.0, 1.0))
    most = ", the one with most marked" if cut.any() else ""
    return picture, f"{plane} slice at {place} (counted from 0){most}"


def with_legend(picture: Pixels, labels: Labels, structures: Sequence[str]) -> Pixels:
    """The picture with the names of what is marked below it."""
    there = [number for number in range(1, len(structures) + 1) if (labels == number).any()]
    lines: list[tuple[str, tuple[int, int, int] | None]]
    lines = [(structures[number - 1], mask_colour(number)) for number in there] or [("nothing marked", None)]
    height, width = picture.shape[:2]
    canvas = PIL.Image.new("RGB", (width, height + _LINE * len(lines) + 8), (255, 255, 255))
    canvas.paste(PIL.Image.fromarray(picture), (0, 0))
    pen, font = PIL.ImageDraw.Draw(canvas), PIL.ImageFont.load_default(size=14)
    for row, (name, colour) in enumerate(lines):
        top = height + 6 + row * _LINE
        if colour is not None:
            pen.rectangle((8, top + 2, 20, top + 14), fill=colour)
        pen.text((28 if colour else 8, top), name, fill=(29, 38, 47), font=font)
    return np.asarray(canvas)


def fullest(item: Volume, labels: NDArray[np.generic], plane: Plane) -> tuple[float, str]:
    """Where the slice with most marked lies: as a share of the picture's order, and as the file counts.

    Args:
        item: the volume.
        labels: on its own grid; anything but 0 is marked.
        plane: of the slice.
    """
    axis = ACROSS[plane]
    order, flips = turn(item.geometry.orientation, SHOWN)
    turned = turn_voxels(labels, item.geometry.orientation, SHOWN)
    count = turned.shape[axis]
    marked = np.count_nonzero(turned, axis=tuple(other for other in range(3) if other != axis))
    place = int(marked.argmax()) if marked.any() else count // 2
    stored = count - 1 - place if flips[axis] else place
    return (place + 0.5) / count, f"{'ijk'[order[axis]]} = {stored}"


def drawn_on(pixels: Pixels, labels: Labels, spacing: tuple[float, float]) -> Pixels:
    """The picture with square pixels in a size that can be looked at, and the structures on it."""
    sides = shown_sides(labels.shape[0], labels.shape[1], spacing)
    large = PIL.Image.fromarray(pixels).resize(sides, PIL.Image.Resampling.BICUBIC)
    marks = np.asarray(PIL.Image.fromarray(labels).resize(sides, PIL.Image.Resampling.NEAREST))
    picture = overlaid(np.asarray(large), marks, opacity=VEIL)
    return overlaid(picture, np.where(_border(marks), marks, 0), opacity=1.0)


def shown_sides(height: int, width: int, spacing: tuple[float, float]) -> tuple[int, int]:
    """(width, height) in which pixels are square and a person can look at them; `spacing` down and across."""
    tall, wide = height * spacing[0], width * spacing[1]
    scale = max(height, width) / max(tall, wide)
    longest = max(tall, wide) * scale
    scale *= min(LARGEST_SIDE, max(LEAST_SIDE, longest)) / longest
    return max(1, round(wide * scale)), max(1, round(tall * scale))


def _border(labels: Labels) -> NDArray[np.bool_]:
    """Marked pixels within two of another label."""
    padded = np.pad(labels, 2, mode="edge")
    height, width = labels.shape
    border = np.zeros(labels.shape, bool)
    for down in range(5):
        for right in range(5):
            border |= padded[down : down + height, right : right + width] != labels
    return border & (labels > 0)
