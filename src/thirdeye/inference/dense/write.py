"""Files of what was marked, in the image's own geometry: label map, picture, contours."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import StageFailed
from thirdeye.inference.dense.contours import contours_json
from thirdeye.inference.dense.picture import marked_picture, with_legend
from thirdeye.intake.nifti_like import labels_as_nifti
from thirdeye.intake.volume_picture import mask_colour


def write_marks(
    item: Image | Volume,
    labels: NDArray[np.uint8],
    structures: Sequence[str],
    folder: Path,
    stem: str,
    *,
    source: str,
    like: Path | None = None,
) -> tuple[str, ...]:
    """Write what was marked in an image or volume.

    Args:
        item: the image or volume.
        labels: on its own grid.
        structures: names; number i + 1 is ``structures[i]``.
        folder: that exists.
        stem: with which the names of the files begin.
        source: what the user calls the image.
        like: the image's own file, whose header is the model of the label map's.

    Returns:
        Their names: ``STEM_labels.nii.gz`` of a volume, or ``STEM_labels.png`` of an image (one byte a pixel:
            the number of the structure, with a palette to look at); ``STEM_marked.png``, a picture; and
            ``STEM_contours.json``.

    Raises:
        StageFailed: a file cannot be written.
    """
    if isinstance(item, Volume):
        map_name, content = f"{stem}_labels.nii.gz", labels_as_nifti(labels, item.geometry, like)
    else:
        map_name, content = f"{stem}_labels.png", labels_as_png(labels, len(structures))
    picture, _ = marked_picture(item, labels)
    contours = contours_json(labels, structures, item, source)
    files = {
        map_name: content,
        f"{stem}_marked.png": _png(PIL.Image.fromarray(with_legend(picture, labels, structures))),
        f"{stem}_contours.json": json.dumps(contours, allow_nan=False, separators=(",", ":")).encode(),
    }
    for name, one in files.items():
        write_whole(folder / name, one)
    return tuple(files)


def labels_as_png(labels: NDArray[np.uint8], n_structures: int) -> bytes:
    """A PNG whose pixel values are the numbers of the structures; its palette paints them, 0 is black."""
    picture = PIL.Image.fromarray(labels)
    picture.putpalette([0, 0, 0, *_palette(range(1, n_structures + 1))])
    return _png(picture)


def _palette(numbers: Sequence[int]) -> list[int]:
    return [value for number in numbers for value in mask_colour(number)]


def _png(picture: PIL.Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        StageFailed: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StageFailed(f"cannot write {path.name} into {path.parent}: {error.strerror}") from error
