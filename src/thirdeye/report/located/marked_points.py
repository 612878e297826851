"""A case drawn with its points: the expert's in amber, the network's in blue; lines of a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageDraw

from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB

SIDE = 640  # of the picture, in pixels; twice that is drawn, so that lines are smooth
_FINE = 2
_LONGER = 2.2  # a line of a measurement is drawn so much longer than the points are apart
_MARGIN = 0.12  # around the points, as a share of their extent
_DIM = 0.72  # of the picture's brightness, so that points stand out
_LEAST = 32
_TALLEST = 2.2

Places = NDArray[np.float64]
Line = tuple[tuple[float, float], tuple[float, float]]
Colour = tuple[int, int, int]


def marked(
    pixels: NDArray[np.uint8],
    reference: Places,
    found: Places,
    *,
    reference_lines: Sequence[Line] = (),
    found_lines: Sequence[Line] = (),
    spacing: tuple[float, float] = (1.0, 1.0),
) -> bytes:
    """PNG of the part of an image around the points.

    Args:
        pixels: (H, W) or (H, W, 3), 8 bits.
        reference, found: (p, 2) x and y in pixels; NaN where missing.
        reference_lines, found_lines: of a measurement, in pixels.
        spacing: (row, column) distance; only its ratio counts.
    """
    left, top, right, bottom = _window(np.concatenate([reference, found]), pixels.shape[:2])
    wide, tall = (right - left) * spacing[1], (bottom - top) * spacing[0]
    scale = SIDE * _FINE / max(wide, tall)
    size = max(1, round(wide * scale)), max(1, round(tall * scale))
    cut = PIL.Image.fromarray(np.ascontiguousarray(pixels[top:bottom, left:right])).convert("RGB")
    picture = cut.resize(size, PIL.Image.Resampling.BICUBIC).point(lambda value: int(value * _DIM))
    factor = np.array([spacing[1], spacing[0]]) * scale
    brush = ImageDraw.Draw(picture)

    def at(places: object) -> Places:
        return np.asarray((np.asarray(places, float) - (left, top)) * factor)

    for lines, colour in ((reference_lines, EXPERT_RGB), (found_lines, NETWORK_RGB)):
        for line in lines:
            _line(brush, at(line), colour)
    for one, other in zip(at(reference), at(found), strict=True):
        _pair(brush, one, other)
    picture = picture.resize((max(1, size[0] // _FINE), max(1, size[1] // _FINE)), PIL.Image.Resampling.BOX)
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def framed(pictures: Sequence[bytes]) -> list[bytes]:
    """The same PNGs in frames of one shape, that of the tallest among them, so that a row of them is even."""
    opened = [PIL.Image.open(BytesIO(one)) for one in pictures]
    ratio = min(max((one.height / one.width for one in opened), default=1.0), _TALLEST)
    found = []
    for one in opened:
        size = max(one.width, round(one.height / ratio)), max(one.height, round(one.width * ratio))
        frame = PIL.Image.new("RGB", size)
        frame.paste(one, ((size[0] - one.width) // 2, (size[1] - one.height) // 2))
        stream = BytesIO()
        frame.save(stream, "PNG", optimize=True)
        found.append(stream.getvalue())
    return found


def _window(places: Places, sides: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part to show."""
    known = places[np.isfinite(places).all(axis=1)]
    if not len(known):
        return 0, 0, sides[1], sides[0]
    low, high = known.min(axis=0), known.max(axis=0)
    reach = max(_MARGIN * float((high - low).max()), _LEAST / 2)
    left, top = (int(max(0, one - reach)) for one in low)
    right, bottom = (int(min(side, one + reach + 1)) for side, one in zip(sides[::-1], high, strict=True))
    if right - left < 2 or bottom - top < 2:  # every point lies beyond the image
        return 0, 0, sides[1], sides[0]
    return left, top, right, bottom


def _line(brush: ImageDraw.ImageDraw, ends: Places, colour: Colour) -> None:
    middle, half = ends.mean(axis=0), (ends[1] - ends[0]) / 2 * _LONGER
    brush.line([*(middle - half), *(middle + half)], fill=colour, width=3 * _FINE)


def _pair(brush: ImageDraw.ImageDraw, expert: Places, network: Places) -> None:
    """A ring for the expert, a dot for the network, and a thread where they lie apart."""
    ring, dot = 4 * _FINE, 2.5 * _FINE
    both = np.isfinite(expert).all() and np.isfinite(network).all()
    if both and np.linalg.norm(expert - network) > ring + dot:
        brush.line([*expert, *network], fill=(240, 240, 240), width=_FINE)
    if np.isfinite(expert).all():
        box = [*(expert - ring), *(expert + ring)]
        brush.ellipse(box, outline=EXPERT_RGB, width=round(1.5 * _FINE))
    if np.isfinite(network).all():
        brush.ellipse([*(network - dot), *(network + dot)], fill=NETWORK_RGB)
