"""A part of an image with boxes: solid where a person drew them, dashed where the network found them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray

from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB

Box = tuple[float, float, float, float]
SIDE_PX = 360
_HALO = (0, 0, 0)
_DASH = 9
_LEAST_PX = 48  # of the part that is shown, so that a point is not blown up
_AROUND = 3.0  # sides of the box in question


@dataclass(frozen=True)
class Mark:
    """A box in pixels of the image, with its score; None where a person drew it."""

    box: Box
    score: float | None = None


def boxed(picture: NDArray[np.uint8], marks: Sequence[Mark], *, focus: Box) -> bytes:
    """A PNG of the surroundings of a box, with every mark in it.

    Args:
        picture: (H, W, 3).
        marks: boxes in its pixels; the one in question among them.
        focus: the box in question.
    """
    left, top, right, bottom = _part(picture.shape[:2], focus)
    scale = SIDE_PX / max(right - left, bottom - top)
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    part = PIL.Image.fromarray(picture[top:bottom, left:right])
    canvas = part.resize(size, PIL.Image.Resampling.BICUBIC).convert("RGB")
    pen = PIL.ImageDraw.Draw(canvas)
    for mark in sorted(marks, key=lambda one: one.score or 0.0):  # what is most certain lies on top
        edges = _placed(mark.box, left, top, scale)
        if edges[2] < 0 or edges[3] < 0 or edges[0] > size[0] or edges[1] > size[1]:
            continue
        strong = np.allclose(mark.box, focus)
        _draw(pen, edges, dashed=mark.score is not None, width=3 if strong else 2)
        if mark.score is not None and strong:
            _write(pen, edges, f"{mark.score:.2f}", size)
    stream = io.BytesIO()
    canvas.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def _part(sides: tuple[int, ...], focus: Box) -> tuple[int, int, int, int]:
    """A square about the box, moved into the image; the whole of a small image."""
    height, width = sides
    side = max(_LEAST_PX, _AROUND * max(focus[2] - focus[0], focus[3] - focus[1]))
    wide, tall = min(width, round(side)), min(height, round(side))
    left = int(np.clip((focus[0] + focus[2]) / 2 - wide / 2, 0, width - wide))
    top = int(np.clip((focus[1] + focus[3]) / 2 - tall / 2, 0, height - tall))
    return left, top, left + wide, top + tall


def _placed(box: Box, left: int, top: int, scale: float) -> Box:
    return (
        (box[0] - left) * scale, (box[1] - top) * scale, (box[2] - left) * scale, (box[3] - top) * scale,
    )  # fmt: skip


def _draw(pen: PIL.ImageDraw.ImageDraw, edges: Box, *, dashed: bool, width: int) -> None:
    x0, y0, x1, y1 = edges
    sides = [((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))]
    pieces = [piece for side in sides for piece in (_dashes(*side) if dashed else [side])]
    for colour, thick in ((_HALO, width + 2), (NETWORK_RGB if dashed else EXPERT_RGB, width)):
        for start, end in pieces:
            pen.line([start, end], fill=colour, width=thick)


def _dashes(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[tuple[float, float], ...]]:
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    count = max(1, int(length // _DASH) // 2)
    stops = np.linspace(0, 1, 2 * count + 1)
    along = [(start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])) for t in stops]
    return [(along[2 * at], along[2 * at + 1]) for at in range(count)]


def _write(pen: PIL.ImageDraw.ImageDraw, edges: Box, text: str, size: tuple[int, int]) -> None:
    font = PIL.ImageFont.load_default(size=15)
    wide, tall = 8 + 8 * len(text), 19
    x = min(max(edges[0], 2), size[0] - wide - 2)
    y = edges[1] - tall - 3 if edges[1] > tall + 5 else min(edges[3] + 3, size[1] - tall - 2)
    pen.rectangle([x, y, x + wide, y + tall], fill=_HALO)
    pen.text((x + 4, y + 1), text, fill=NETWORK_RGB, font=font)
