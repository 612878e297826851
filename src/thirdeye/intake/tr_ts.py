"""Folders imagesTr, labelsTr, imagesTs and labelsTs, as the Decathlon and nnU-Net arrange volumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from thirdeye.intake.files import FoundFiles, find_files
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.stems import stem_of

_PARTS = {"imagestr": "train", "imagests": "test"}
_LABELS = {"labelstr": "train", "labelsts": "test"}


@dataclass(frozen=True)
class TrTs:
    """Files sorted out.

    Args:
        folder: holds the four folders.
        images: (reference, part "train" or "test") in natural order.
        masks: part and stem (file name without its endings) to reference.
        others: everything else.
    """

    folder: Path
    images: tuple[tuple[str, str], ...]
    masks: dict[tuple[str, str], str]
    others: tuple[str, ...]


def are_tr_ts(data: Path) -> bool:
    """Whether DATA, or the one folder in it, holds imagesTr and labelsTr."""
    if not data.is_dir():
        return False
    names = {path.name.lower() for path in descend(data)[0].iterdir() if path.is_dir()}
    return {"imagestr", "labelstr"} <= names


def sort_out(data: Path) -> TrTs:
    """Every file below DATA by the folder that it lies in."""
    folder, _ = descend(data)
    found = find_files(folder)
    files = (*found.images, *found.masks)
    images = tuple((file, part) for file in files if (part := _PARTS.get(_first(file))))
    masks = {(_LABELS[_first(file)], stem_of(file)): file for file in files if _first(file) in _LABELS}
    kept = {file for file, _ in images} | set(masks.values())
    return TrTs(folder, images, masks, tuple(file for file in _every(found) if file not in kept))


def _every(found: FoundFiles) -> tuple[str, ...]:
    return (*found.images, *found.masks, *found.others)


def _first(file: str) -> str:
    return file.split("/", 1)[0].lower() if "/" in file else ""


def mask_rows(
    images: Sequence[tuple[str, str]], masks: dict[tuple[str, str], str], case_of: Callable[[str], str]
) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Rows of `Collection.masks`, and masks that no image belongs to.

    Args:
        images, masks: as of `TrTs`.
        case_of: from an image's stem to that of its mask.
    """
    rows = []
    for image, part in images:
        mask = masks.get((part, case_of(stem_of(image))))
        if mask is not None:
            rows.append({"image": image, "mask": mask, "name": "", "annotator": ""})
    used = {row["mask"] for row in rows}
    return rows, tuple(mask for mask in masks.values() if mask not in used)
