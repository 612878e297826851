"""Which mask belongs to which image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.intake.collection import MASK_COLUMNS
from thirdeye.intake.mask_names import FileName, understand


@dataclass(frozen=True)
class MaskPairs:
    """Files sorted out.

    Args:
        images: what is not a mask, in the order given.
        masks: the frame of `Collection.masks`.
        lonely: masks for which no image was found, or several.
        viewing_fields: masks of the field of view.
    """

    images: tuple[FileName, ...]
    masks: pd.DataFrame
    lonely: tuple[str, ...]
    viewing_fields: tuple[str, ...]


def pair_masks(files: Iterable[str]) -> MaskPairs:
    """Sort files into images and masks, and find the image of each mask, by names alone.

    A mask belongs to the image whose name, without words such as "mask", "image" and "test", is the same, or
    begins the mask's (what follows names its class: ``12_polyp_mask.png``); in the same folder, then in the
    same part, then anywhere, as long as only one image fits.
    """
    understood = [understand(file) for file in files]
    images = [one for one in understood if not one.is_mask]
    masks = [one for one in understood if one.is_mask]
    fields = _viewing_fields(masks)
    index = _Index(images)
    rows, lonely = [], []
    for mask in masks:
        if mask.file in fields:
            continue
        image, rest = index.find(mask)
        if image is None:
            lonely.append(mask)
            continue
        rows.append((image.file, mask.file, _class_of(mask, image, rest), mask.annotator))
    by_name = {mask.file for mask in masks if not mask.in_mask_folder}
    if not any(row[1] in by_name for row in rows):
        images = _with_doubtful(understood, lonely)
        lonely = [mask for mask in lonely if mask.in_mask_folder]
    frame = pd.DataFrame(rows, columns=list(MASK_COLUMNS), dtype=object)
    return MaskPairs(tuple(images), frame, tuple(mask.file for mask in lonely), tuple(sorted(fields)))


def pair_fields(images: Iterable[str], fields: Iterable[str]) -> dict[str, str]:
    """Image to the mask that says where the picture is in it, by names; masks without an image are left out.

    Args:
        images: files.
        fields: `MaskPairs.viewing_fields`.
    """
    index = _Index([understand(image) for image in images])
    found = ((index.find(understand(field))[0], field) for field in fields)
    return {image.file: field for image, field in found if image is not None}


def _with_doubtful(files: Sequence[FileName], lonely: Sequence[FileName]) -> list[FileName]:
    """Images, where no other mask is known by its file's name: a lone one so named is an image after all."""
    doubtful = {mask.file for mask in lonely if not mask.in_mask_folder}
    return [file for file in files if not file.is_mask or file.file in doubtful]


def _viewing_fields(masks: Sequence[FileName]) -> set[str]:
    """Beside folders of annotators, a folder just called "mask" says where the picture is (as in DRIVE)."""
    if not any(mask.annotator and not mask.is_viewing_field for mask in masks):
        return set()
    return {mask.file for mask in masks if mask.is_viewing_field and not mask.annotator}


class _Index:
    """Images by name, from the narrowest place to the widest."""

    def __init__(self, images: Sequence[FileName]) -> None:
        self._levels: tuple[Mapping[tuple[object, ...], list[FileName]], ...] = (
            _by(images, "context", "split"),
            _by(images, "split"),
            _by(images),
        )

    def find(self, mask: FileName) -> tuple[FileName | None, str]:
        """The image and what the mask's key has beyond the image's."""
        words = mask.key.split("_")
        for length in range(len(words), 0, -1):
            key = "_".join(words[:length])
            for place, level in zip(_places(mask), self._levels, strict=True):
                found = level.get((*place, key), [])
                if len(found) == 1:
                    return found[0], "_".join(words[length:])
        return None, ""


def _places(mask: FileName) -> tuple[tuple[object, ...], ...]:
    return ((mask.context, mask.split), (mask.split,), ())


def _by(images: Sequence[FileName], *fields: str) -> dict[tuple[object, ...], list[FileName]]:
    found: dict[tuple[object, ...], list[FileName]] = defaultdict(list)
    for image in images:
        found[(*(getattr(image, field) for field in fields), image.key)].append(image)
    return found


def _class_of(mask: FileName, image: FileName, rest: str) -> str:
    """Class by the folder's name, a folder that the images don't have, or what the file's name adds."""
    if mask.name:
        return mask.name
    own = [folder for folder in mask.context if folder not in image.context]
    if own:
        return _tidy(own[-1])
    return "" if rest.replace("_", "").isdigit() else rest


def _tidy(folder: str) -> str:
    """ "1. Microaneurysms" is called "Microaneurysms"."""
    return folder.lstrip("0123456789. -_") or folder
