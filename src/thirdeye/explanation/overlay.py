"""A heat map over its picture, as a PNG: numpy and PIL only."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter
import PIL.ImageFont
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.preparation import Frame, framed_part
from thirdeye.transform.prepare import arguments_of, prepare

LARGEST_SIDE = 512
OPACITY = 0.55  # of the highest value; falls with the value, so that nothing hides where nothing was found
SMOOTHING = 0.35  # of a cell of the map
FAINTEST = 0.08  # values below are not painted
# matplotlib's "plasma" (CC0) at 17 even steps: uniform to the eye, coloured throughout, and so visible
# both on black and on bone.
RAMP = np.array(
    [
        (13, 8, 135), (49, 5, 151), (76, 2, 161), (102, 0, 167), (126, 3, 168), (149, 17, 161),
        (170, 35, 149), (188, 53, 135), (204, 71, 120), (218, 90, 106), (230, 108, 92), (240, 128, 78),
        (248, 149, 64), (253, 172, 51), (253, 197, 39), (248, 223, 37), (240, 249, 33),
    ],
    dtype=np.float32,
)  # fmt: skip
Pixels = NDArray[np.uint8]


def display(image: Image, *, intensity: str, largest_side: int = LARGEST_SIDE) -> Pixels:
    """The image for a person: windowed as the network sees it, in its own proportions.

    Args:
        image: any size.
        intensity: as in `thirdeye.transform.prepare.prepare`.
        largest_side: of the result, pixels.

    Returns:
        (H, W, 3) uint8.
    """
    square = prepare(image, size_px=largest_side, resize="pad", intensity=intensity)
    scale = largest_side / max(image.height, image.width)
    height, width = max(1, round(image.height * scale)), max(1, round(image.width * scale))
    top, left = (largest_side - height) // 2, (largest_side - width) // 2
    return square[top : top + height, left : left + width]


def place(values: NDArray[np.float32], height: int, width: int, *, resize: str) -> NDArray[np.float32]:
    """A heat map on the grid of a picture.

    Args:
        values: (h, w) 0..1 on the prepared square.
        height, width: of the picture, in the proportions of the image.
        resize: how the square was made: "squash", or "pad", whose borders are cut off.

    Returns:
        (height, width) 0..1.
    """
    if resize == "squash":
        return _enlarged(values, height, width)
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return _enlarged(values, side, side)[top : top + height, left : left + width]


def place_on(
    values: NDArray[np.float32], image: Image, height: int, width: int, *, wanted: Mapping[str, Any]
) -> NDArray[np.float32]:
    """A heat map on the grid of a picture of an image, of which the network may have seen a part alone.

    Args:
        values: (h, w) 0..1 on the prepared square.
        image: that was read.
        height, width: of its picture, in its proportions.
        wanted: how it was prepared: `input` of the ``model.json``.

    Returns:
        (height, width) 0..1; 0 where the network saw nothing.
    """
    how = arguments_of(wanted)
    part = framed_part(image, how["preparation"])
    if part == Frame(0, 0, image.height, image.width):
        return place(values, height, width, resize=how["resize"])
    scale = height / image.height, width / image.width
    rows, columns = round(part.height * scale[0]), round(part.width * scale[1])
    inner = place(values, max(1, rows), max(1, columns), resize=how["resize"])
    top, left = round(part.top * scale[0]), round(part.left * scale[1])
    canvas = np.zeros((height, width), np.float32)
    seen = inner[max(-top, 0) : height - top, max(-left, 0) : width - left]
    canvas[max(top, 0) :, max(left, 0) :][: seen.shape[0], : seen.shape[1]] = seen
    return canvas


def colours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours (..., 3) on 0..255 of values (...) on 0..1."""
    at = np.clip(values, 0, 1) * (len(RAMP) - 1)
    below = np.minimum(at.astype(np.int64), len(RAMP) - 2)
    part = (at - below)[..., None]
    return RAMP[below] * (1 - part) + RAMP[below + 1] * part


def overlay(picture: Pixels, values: NDArray[np.float32]) -> Pixels:
    """The picture with the heat map laid over it; opaque where the map is high.

    Args:
        picture: (H, W, 3).
        values: (H, W) 0..1, from `place`.
    """
    above = np.clip((values - FAINTEST) / (1 - FAINTEST), 0, 1)
    strength = (OPACITY * np.sqrt(above))[..., None]
    return np.rint(picture * (1 - strength) + colours(values) * strength).astype(np.uint8)


def with_colour_bar(picture: Pixels, *, ends: tuple[str, str] = ("strong", "none")) -> Pixels:
    """The picture with a bar at its right: what the colours mean, from the upper of `ends` to the lower."""
    height = picture.shape[0]
    canvas = PIL.Image.new("RGB", (picture.shape[1] + 72, max(height, 60)), (255, 255, 255))
    canvas.paste(PIL.Image.fromarray(picture), (0, 0))
    bar = colours(np.linspace(1, 0, max(height - 24, 36), dtype=np.float32))[:, None].repeat(14, axis=1)
    left = picture.shape[1] + 8
    canvas.paste(PIL.Image.fromarray(np.rint(bar).astype(np.uint8)), (left, 12))
    pen = PIL.ImageDraw.Draw(canvas)
    for text, row in zip(ends, (8, 12 + bar.shape[0] - 10), strict=True):
        pen.text((left + 18, row), text, fill=(40, 40, 40), font=PIL.ImageFont.load_default(size=13))
    return np.asarray(canvas)


def png_bytes(picture: Pixels) -> bytes:
    """The content of a PNG file, without metadata."""
    stream = io.BytesIO()
    PIL.Image.fromarray(picture).save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def _enlarged(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Bilinear, then blurred by part of a cell: cubic invents hot spots, bilinear alone draws crosses."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    large = np.clip(np.asarray(picture.resize((width, height), PIL.Image.Resampling.BILINEAR)), 0.0, 1.0)
    cell = max(height / values.shape[0], width / values.shape[1])
    grey = PIL.Image.fromarray(np.rint(large * 255).astype(np.uint8))
    smooth = np.asarray(grey.filter(PIL.ImageFilter.GaussianBlur(SMOOTHING * cell)), dtype=np.float32)
    highest = float(smooth.max())
    return smooth * np.float32(values.max() / highest) if highest > 0 else smooth
