"""How much several masks of one image claim the same pixels; runs in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.mask_values import foreground, form_of, values_of
from thirdeye.intake.pixels import load


def marked_in(item: Image | Volume) -> NDArray[np.bool_]:
    """What a mask of one structure marks."""
    is_volume = isinstance(item, Volume)
    pixels = item.voxels if isinstance(item, Volume) else item.pixels
    values, counts, codes = values_of(pixels, is_volume=is_volume)
    one_bit = isinstance(item, Image) and item.attributes.get("stored_bits") == "1"
    file_format = "" if is_volume else item.attributes.get("format", "")
    form, _ = form_of(values, counts, file_format=file_format, one_bit=one_bit)
    return foreground(codes, values, form)


def shared_pixels(root: Path, references: Sequence[str]) -> tuple[int, int]:
    """Pixels that more than one of the masks marks, and pixels that any marks; (0, 0) where sizes differ.

    Args:
        root: what references start from.
        references: masks of one image, each of one structure.
    """
    count: NDArray[np.uint8] | None = None
    for reference in references:
        try:
            item = load(root, reference)
        except UnreadableFile:
            continue
        if not isinstance(item, Image | Volume):
            continue
        marked = marked_in(item)
        if count is None:
            count = np.zeros(marked.shape, np.uint8)
        if count.shape != marked.shape:
            return 0, 0
        count += marked
    return (0, 0) if count is None else (int((count > 1).sum()), int((count > 0).sum()))
