"""All hand-crafted features of one image, as one vector with names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from thirdeye.transform.handcrafted.binary_pattern import binary_pattern
from thirdeye.transform.handcrafted.colour import colour
from thirdeye.transform.handcrafted.cooccurrence import cooccurrence
from thirdeye.transform.handcrafted.frequency import frequency
from thirdeye.transform.handcrafted.gradient import gradient
from thirdeye.transform.handcrafted.intensity import intensity
from thirdeye.transform.handcrafted.laplacian import laplacian
from thirdeye.transform.handcrafted.picture import Picture, picture_of
from thirdeye.transform.handcrafted.shape import shape
from thirdeye.transform.handcrafted.texture import texture
from thirdeye.transform.handcrafted.wavelet import wavelet

SIZE_PX = 112
FAMILIES: tuple[Callable[[Picture], dict[str, float]], ...] = (
    intensity,
    colour,
    cooccurrence,
    binary_pattern,
    gradient,
    frequency,
    shape,
    texture,
    laplacian,
    wavelet,
)


def describe(prepared: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The features of one image, float32 (D,), finite, in the order of `feature_names`.

    Args:
        prepared: uint8 (S, S, 3) as `transform.prepare` makes it. Another side than 112 px is resized to it
            (area averaging), since texture is only comparable at one scale.

    Raises:
        UsageError: another shape or type.
    """
    picture = picture_of(prepared)
    if prepared.shape[0] != SIZE_PX:
        picture = picture_of(_resized(prepared))
    values = [value for family in FAMILIES for value in family(picture).values()]
    return np.asarray(values, dtype=np.float32)


@cache
def feature_names() -> tuple[str, ...]:
    """The names of the features; one truth with `describe`, as both come from the same dictionaries."""
    blank = picture_of(np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.uint8))
    return tuple(name for family in FAMILIES for name in family(blank))


@cache
def feature_families() -> dict[str, NDArray[np.intp]]:
    """Name of each family to the columns of its features."""
    blank = picture_of(np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.uint8))
    counts = [len(family(blank)) for family in FAMILIES]
    ends = np.cumsum(counts)
    return {
        family.__name__: np.arange(end - count, end, dtype=np.intp)
        for family, count, end in zip(FAMILIES, counts, ends, strict=True)
    }


def _resized(prepared: NDArray[np.uint8]) -> NDArray[np.uint8]:
    how = PillowImage.Resampling.BOX if prepared.shape[0] > SIZE_PX else PillowImage.Resampling.BICUBIC
    return np.asarray(PillowImage.fromarray(prepared).resize((SIZE_PX, SIZE_PX), how))
