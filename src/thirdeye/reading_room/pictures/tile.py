"""Tiles of a slide in the pyramid of the Deep Zoom format: level 0 is one pixel, the last is the finest."""

from __future__ import annotations

import io
from pathlib import Path

from thirdeye.errors import UnreadableFile
from thirdeye.intake.slide_open import opened_slide, read_region

TILE_PX = 512
_QUALITY = 90


def levels(width: int, height: int) -> int:
    """The number of levels above level 0."""
    return max(0, (max(width, height) - 1).bit_length())


def tile(path: Path, level: int, column: int, row: int) -> bytes:
    """A JPEG of one tile.

    Args:
        path: of the slide.
        level: from 0; each is twice as wide as the one before.
        column, row: from the upper left, in tiles of `TILE_PX`.

    Raises:
        UnreadableFile: damaged, or there is no such tile.
    """
    from PIL import Image as Picture

    name = "the slide"
    with opened_slide(path, name) as slide:
        width, height = slide.dimensions
        if not 0 <= level <= levels(width, height):
            raise UnreadableFile(name, f"has no level {level}")
        scale = 2 ** (levels(width, height) - level)
        size = [-(-side // scale) for side in (width, height)]
        left, top = column * TILE_PX, row * TILE_PX
        out = min(TILE_PX, size[0] - left), min(TILE_PX, size[1] - top)
        if left < 0 or top < 0 or min(out) < 1:
            raise UnreadableFile(name, f"has no tile {column}, {row} at level {level}")
        pixels = read_region(slide, name, (left * scale, top * scale), (out[0] * scale, out[1] * scale), out)
    written = io.BytesIO()
    Picture.fromarray(pixels).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
