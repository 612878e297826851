"""Whole slides: an overview, and tiles by selector, with the extra `slides`."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format

OVERVIEW_PX = 2048
_SUFFIXES = (".svs", ".ndpi", ".mrxs", ".scn", ".vms", ".vmu", ".bif", ".svslide")
_TILE_WIDTH, _WIDTH = 322, 256  # TIFF tags
_LEAST_PX = 4096
# Mark of a TIFF to its byte order, where the place of its first directory stands, how that is written, how
# the number of entries is written, and the size of an entry (TIFF 6.0 section 2; BigTIFF doubles them).
_LAYOUTS = {
    b"II*\0": ("<", 4, "I", "H", 12),
    b"MM\0*": (">", 4, "I", "H", 12),
    b"II+\0": ("<", 8, "Q", "Q", 20),
    b"MM\0+": (">", 8, "Q", "Q", 20),
}
_MOST_TILE_PX = 4096


def recognise(head: bytes, name: str) -> bool:
    """By the ending; a TIFF by being large and stored in tiles, where its first directory can be seen."""
    return name.endswith(_SUFFIXES) or (name.endswith((".tif", ".tiff")) and _is_tiled(head))


def read(path: Path, name: str, selector: str) -> Image:
    """The overview of a slide, its longer side 2,048 pixels or less; or one tile.

    A tile is asked for by ``#tile=x,y,size`` or ``#tile=x,y,size,mpp``: the upper left corner in pixels of
    the finest level, the side of the result in pixels, and its microns per pixel (else the slide's own).

    Raises:
        UnreadableFile: damaged, the extra is missing, or the slide does not say its resolution.
    """
    from thirdeye.intake.slide_open import microns_per_pixel, opened_slide, read_region

    with opened_slide(path, name) as slide:
        mpp = microns_per_pixel(slide)
        width, height = slide.dimensions
        if selector:
            x, y, size, wanted = _tile(selector, name, mpp)
            factors = [wanted / own if wanted and own else 1.0 for own in mpp or (None, None)]
            region = (size * factors[0], size * factors[1])
            pixels = read_region(slide, name, (x, y), region, (size, size))
            spacing = None if mpp is None else (mpp[1] * factors[1] / 1000, mpp[0] * factors[0] / 1000)
        else:
            shrink = max(1.0, max(width, height) / OVERVIEW_PX)
            small = max(1, round(width / shrink)), max(1, round(height / shrink))
            pixels = read_region(slide, name, (0, 0), (width, height), small)
            spacing = (
                None if mpp is None else (mpp[1] * height / small[1] / 1000, mpp[0] * width / small[0] / 1000)
            )
        return Image(
            pixels=pixels,
            bits=8,
            source=name,
            spacing_mm=spacing,
            modality="SM",
            attributes=_attributes(slide, mpp, "TILE" if selector else "SLIDE"),
        )


def _attributes(slide: Any, mpp: tuple[float, float] | None, kind: str) -> dict[str, str]:
    """What the slide says of itself; nothing that may name a person."""
    known = {
        "format": kind,
        "manufacturer": slide.properties.get("openslide.vendor", ""),
        "mpp": f"{mpp[0]:g}" if mpp else "",
        "objective": slide.properties.get("openslide.objective-power", ""),
        "slide_width": str(slide.dimensions[0]),
        "slide_height": str(slide.dimensions[1]),
    }
    return {key: value for key, value in known.items() if value}


def _tile(selector: str, name: str, mpp: tuple[float, float] | None) -> tuple[int, int, int, float | None]:
    kind, _, numbers = selector.partition("=")
    words = numbers.split(",")
    try:
        if kind != "tile" or len(words) not in (3, 4):
            raise ValueError
        x, y, size = (int(word) for word in words[:3])
        wanted = float(words[3]) if len(words) == 4 else None
    except ValueError:
        raise UnreadableFile(
            name, f"has no part '{selector}'; a tile is '#tile=x,y,size' or '#tile=x,y,size,mpp'"
        ) from None
    if not 0 < size <= _MOST_TILE_PX or (wanted is not None and not 0.01 <= wanted <= 1000):
        raise UnreadableFile(name, f"has no tile of {words[2:]}; its side is 1 to {_MOST_TILE_PX} pixels")
    if wanted is not None and mpp is None:
        raise UnreadableFile(name, "does not say its resolution, so its tiles would be of unknown size")
    return x, y, size, wanted


def _is_tiled(head: bytes) -> bool:
    """Whether the first directory, where it lies in the head, tells of tiles and a large picture."""
    layout = _LAYOUTS.get(head[:4])
    if layout is None or len(head) < 16:
        return False
    order, at, offset, number, entry_size = layout
    (start,) = struct.unpack_from(order + offset, head, at)
    first = start + struct.calcsize(order + number)
    if first > len(head):
        return False
    (count,) = struct.unpack_from(order + number, head, start)
    tags = {}
    for entry in range(first, min(first + entry_size * count, len(head) - entry_size + 1), entry_size):
        tag, kind = struct.unpack_from(f"{order}HH", head, entry)
        value = entry + entry_size - struct.calcsize(offset)
        tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), head, value)[0]
    return _TILE_WIDTH in tags and tags.get(_WIDTH, 0) >= _LEAST_PX


FORMATS.register("slide")(Format("a whole slide", "slide", _SUFFIXES, recognise, read))
