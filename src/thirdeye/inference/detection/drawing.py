"""Boxes drawn on their image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw

from thirdeye.case.image import Image
from thirdeye.case.marks import Box

# Okabe and Ito, readable in any colour vision; one for each class, from the first again where there are more.
COLOURS = ((86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167), (240, 228, 66), (213, 94, 0))
RIM = (0, 0, 0)
SMALLEST = 700  # pixels of the longer side of what is drawn on
TAILS = (0.5, 99.5)


def drawn(item: Image, boxes: Sequence[Box], names: Sequence[str]) -> Picture.Image:
    """An RGB picture: each box in the colour of its class, with class and score where there is room.

    Args:
        item: the image.
        boxes: found in it, the most certain first.
        names: of the classes, in the order of their colours.
    """
    factor = max(1.0, SMALLEST / max(item.height, item.width))
    size = round(item.width * factor), round(item.height * factor)
    picture = Picture.fromarray(_shown(item)).convert("RGB").resize(size, Picture.Resampling.BICUBIC)
    brush = ImageDraw.Draw(picture)
    width = max(2, round(max(size) / 350))
    for box in reversed(boxes):  # the most certain on top
        edges = tuple(edge * factor for edge in (box.x_min, box.y_min, box.x_max, box.y_max))
        colour = COLOURS[names.index(box.name) % len(COLOURS)]
        brush.rectangle(
            tuple(edge + out for edge, out in zip(edges, (-1, -1, 1, 1), strict=True)), outline=RIM
        )
        brush.rectangle(edges, outline=colour, width=width)
        _label(brush, edges, f"{box.name} {box.score:.2f}", colour, width)
    return picture


def _label(
    brush: ImageDraw.ImageDraw, edges: tuple[float, ...], text: str, colour: tuple[int, int, int], width: int
) -> None:
    """Inside the upper left corner, where it does not reach beyond the box."""
    place = (edges[0] + width + 2, edges[1] + width + 1)
    if place[0] + brush.textlength(text) <= edges[2] - width:
        brush.text(place, text, fill=colour, stroke_width=1, stroke_fill=RIM)


def _shown(item: Image) -> NDArray[np.uint8]:
    """8 bits; deeper images from their 0.5th to their 99.5th percentile."""
    if item.pixels.dtype == np.uint8:
        return np.asarray(item.pixels, np.uint8)
    values = item.pixels.astype(np.float32)
    low, high = np.percentile(values, TAILS)
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1) * 255, np.uint8)
