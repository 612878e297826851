"""Files of probability maps: a NIfTI of floats for a volume, a PNG of 16 bits for an image."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.write import write_whole
from thirdeye.intake.nifti_like import shares_as_nifti

FULL = 65_535  # of a PNG: probability 1
LEAST = 2.0**-16  # in a NIfTI file smaller values are written as 0: they would fill it with noise

Array = NDArray[np.float32]


def write_probabilities(
    item: Image | Volume,
    maps: Iterable[tuple[str, Array]],
    folder: Path,
    stem: str,
    *,
    like: Path | None = None,
) -> tuple[str, ...]:
    """Write maps one after another, so that memory holds one of them.

    Args:
        item: the image or volume.
        maps: name of each structure and its map on the image's own grid, in the order of their numbers.
        folder: that exists.
        stem: with which the names of the files begin.
        like: the image's own file, whose header is the model of the map's.

    Returns:
        Their names: ``STEM_probability_NUMBER_NAME.nii.gz`` of a volume, ``.png`` of an image.

    Raises:
        StageFailed: a file cannot be written.
    """
    written = []
    for number, (name, values) in enumerate(maps, 1):
        ending = "nii.gz" if isinstance(item, Volume) else "png"
        file = f"{map_stem(stem, number, name)}.{ending}"
        content = _nifti(values, item, like) if isinstance(item, Volume) else shares_as_png(values)
        write_whole(folder / file, content)
        written.append(file)
    return tuple(written)


def map_stem(stem: str, number: int, name: str) -> str:
    """How the files of one structure's map begin."""
    plain = re.sub(r"[^\w-]+", "_", name, flags=re.ASCII).strip("_")[:40]
    return f"{stem}_probability_{number}{'_' if plain else ''}{plain}"


def shares_as_png(values: Array) -> bytes:
    """A grey PNG of 16 bits: 0 is 0, 65,535 is 1; 32,768 and more is above one half, exactly."""
    steps = np.ceil(values.astype(np.float64) * FULL - 0.5)
    stream = io.BytesIO()
    PIL.Image.fromarray(np.clip(steps, 0, FULL).astype(np.uint16)).save(stream, "PNG")
    return stream.getvalue()


def _nifti(values: Array, volume: Volume, like: Path | None) -> bytes:
    return shares_as_nifti(np.where(values < LEAST, np.float32(0), values), volume.geometry, like)
