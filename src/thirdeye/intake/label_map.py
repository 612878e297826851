"""The masks of one image as one label map: background 0, then the structures by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.mask_overlap import marked_in
from thirdeye.intake.mask_values import values_of
from thirdeye.intake.pixels import load
from thirdeye.intake.structures import Structures


@dataclass(frozen=True)
class LabelMap:
    """What is marked in one image.

    Args:
        numbers: uint8 of the sides of the image: 0 background, else the number of the structure.
        overlapping: pixels that two masks claim; the later structure has them.
        unknown: pixels with a value that no structure has; they are background.
    """

    numbers: NDArray[np.uint8]
    overlapping: int = 0
    unknown: int = 0


def label_map(
    root: Path, masks: Sequence[tuple[str, str]], structures: Structures, sides: tuple[int, ...]
) -> LabelMap:
    """Read and join the masks of one image.

    Args:
        root: what references start from.
        masks: (reference, name of what it marks or "") in order.
        structures: of the dataset.
        sides: of the image: (H, W) or (I, J, K).

    Raises:
        UnreadableFile: a mask is damaged, is no mask, or has other sides than its image.
    """
    numbers = np.zeros(sides, np.uint8)
    overlapping = unknown = 0
    for reference, name in masks:
        one, strange = _numbers(root, reference, name, structures)
        if one.shape != sides:
            raise UnreadableFile(
                reference,
                f"has {_sides(one.shape)} pixels, its image {_sides(sides)}: a mask lies on its image",
            )
        marked = one > 0
        overlapping += int((marked & (numbers > 0)).sum())
        unknown += strange
        numbers[marked] = one[marked]
    return LabelMap(numbers, overlapping, unknown)


def _numbers(root: Path, reference: str, name: str, structures: Structures) -> tuple[NDArray[np.uint8], int]:
    """Of one mask: the numbers, and how many pixels have a value that no structure has."""
    item = load(root, reference)
    if not isinstance(item, Image | Volume):
        raise UnreadableFile(reference, "is a signal, not a mask")
    if not structures.values or name:
        return marked_in(item).astype(np.uint8) * np.uint8(structures.number(name)), 0
    pixels = item.voxels if isinstance(item, Volume) else item.pixels
    values, counts, codes = values_of(pixels, is_volume=isinstance(item, Volume))
    known = np.array([structures.values.get(value, 0) for value in values], np.uint8)
    strange = [value not in structures.values and value not in ("0", "#000000") for value in values]
    return known[codes], int(counts[np.array(strange)].sum())


def _sides(sides: tuple[int, ...]) -> str:
    return " x ".join(map(str, sides))
