"""Whole slides through OpenSlide, which comes with the extra `slides`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UnreadableFile

MAX_READ_PX = 64_000_000  # pixels that one look at a slide may unpack: 256 MB
_WHITE = (255, 255, 255)


@contextmanager
def opened_slide(path: Path, name: str) -> Iterator[Any]:
    """An `openslide.OpenSlide`, closed at the end.

    The label and the macro picture of a slide, which often show a name, are never read.

    Raises:
        UnreadableFile: damaged, of no known kind, or the extra is missing.
    """
    try:
        import openslide
    except ImportError as error:
        raise UnreadableFile(
            name, "needs the extra 'slides': pip install 'thirdeye-imaging[slides]'"
        ) from error
    try:
        slide = openslide.OpenSlide(path)
    except (openslide.OpenSlideError, OSError) as error:
        raise UnreadableFile(name, "is a damaged slide, or of a kind that OpenSlide does not know") from error
    try:
        yield slide
    except openslide.OpenSlideError as error:
        raise UnreadableFile(name, "is a damaged slide") from error
    finally:
        slide.close()


def microns_per_pixel(slide: Any) -> tuple[float, float] | None:
    """(x, y) of the finest level; None where the slide says nothing, or nothing sensible (0.01 to 100)."""
    stated = [slide.properties.get(f"openslide.mpp-{axis}") for axis in "xy"]
    try:
        x, y = (float(value) for value in stated)
    except (TypeError, ValueError):
        return None
    return (x, y) if 0.01 <= x <= 100 and 0.01 <= y <= 100 else None


def read_region(
    slide: Any, name: str, corner: tuple[int, int], size: tuple[float, float], out_px: tuple[int, int]
) -> NDArray[np.uint8]:
    """A rectangle of the slide at a resolution of choice; what lies outside the scan is background.

    Args:
        slide: opened.
        name: for messages.
        corner: (x, y) in pixels of the finest level.
        size: (width, height) in pixels of the finest level.
        out_px: (width, height) of the result.

    Returns:
        (height, width, 3) uint8.

    Raises:
        UnreadableFile: it would take more than `MAX_READ_PX` pixels, since no coarser level is stored.
    """
    import PIL.Image

    shrink = max(1.0, min(size[0] / out_px[0], size[1] / out_px[1]))
    level = slide.get_best_level_for_downsample(shrink * 1.01)  # levels are rarely exact powers of two
    scale = slide.level_downsamples[level]
    width, height = (max(1, round(side / scale)) for side in size)
    if width * height > MAX_READ_PX:
        raise UnreadableFile(
            name, "holds no small copy of itself (a pyramid); convert it to a pyramidal TIFF first"
        )
    region = slide.read_region(corner, level, (width, height))
    ground = PIL.Image.new("RGB", region.size, _background(slide))
    ground.paste(region, mask=region.getchannel("A"))
    if ground.size != out_px:
        ground = ground.resize(out_px, PIL.Image.Resampling.BILINEAR, reducing_gap=None)
    return np.asarray(ground)


def _background(slide: Any) -> tuple[int, ...]:
    stated = slide.properties.get("openslide.background-color", "")
    try:
        return tuple(bytes.fromhex(stated)) if len(stated) == 6 else _WHITE
    except ValueError:
        return _WHITE
