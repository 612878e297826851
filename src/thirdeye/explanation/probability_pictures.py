"""Probability maps in colour over the image, or over the slice of a volume where they reach highest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.explanation.overlay import overlay, png_bytes, with_colour_bar
from thirdeye.inference.dense.picture import fullest, shown_sides
from thirdeye.inference.dense.write_probabilities import map_stem
from thirdeye.intake.volume_picture import plane_of, slice_of, slice_picture, windowed

Array = NDArray[np.float32]


def probability_pictures(
    item: Image | Volume, maps: Iterable[tuple[str, Array]], stem: str
) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each structure: ``STEM_probability_NUMBER_NAME_shown.png``, with a colour bar.

    Args:
        item: the image or volume.
        maps: name of each structure and its map on the image's own grid, in the order of their numbers.
        stem: with which the names begin.
    """
    for number, (name, values) in enumerate(maps, 1):
        picture = with_colour_bar(probability_picture(item, values), ends=("100 %", "0 %"))
        yield f"{map_stem(stem, number, name)}_shown.png", png_bytes(picture)


def probability_picture(item: Image | Volume, values: Array) -> NDArray[np.uint8]:
    """(H, W, 3) with the map laid over it; opaque where the structure is probable.

    Args:
        item: an image; or a volume, of which the slice with most of the structure is drawn.
        values: 0 to 1 on its own grid.
    """
    if isinstance(item, Image):
        pixels = item.pixels if item.pixels.dtype == np.uint8 else windowed(item.pixels)
        return _laid_over(np.asarray(pixels, np.uint8), values, item.spacing_mm or (1.0, 1.0))
    plane = plane_of(item)
    at, _ = fullest(item, values >= max(0.5 * float(values.max()), 1e-6), plane)
    shown = slice_picture(item, plane=plane, at=at)
    cut = slice_of(values, item.geometry.orientation, plane, at=at).astype(np.float32)
    return _laid_over(np.asarray(shown.pixels, np.uint8), cut, shown.spacing_mm or (1.0, 1.0))


def _laid_over(pixels: NDArray[np.uint8], values: Array, spacing: tuple[float, float]) -> NDArray[np.uint8]:
    sides = shown_sides(values.shape[0], values.shape[1], spacing)
    large = np.asarray(PIL.Image.fromarray(pixels).convert("RGB").resize(sides, PIL.Image.Resampling.BICUBIC))
    chart = PIL.Image.fromarray(np.ascontiguousarray(values))
    return overlay(large, np.clip(np.asarray(chart.resize(sides, PIL.Image.Resampling.BILINEAR)), 0, 1))
