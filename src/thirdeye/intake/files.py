"""Which files under a folder are images, found without opening more than needed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import thirdeye.intake.formats  # noqa: F401 - enters the formats into the registry
from thirdeye.errors import DataRefused
from thirdeye.intake.companions import is_text_signal, without_companions
from thirdeye.intake.formats.format import FORMATS
from thirdeye.intake.raster import picture_format
from thirdeye.intake.reference import as_reference
from thirdeye.intake.words import shown_name, word_set

_MASK_FOLDERS = word_set(
    """
    mask masks lung_mask lung_masks segmentation segmentations groundtruth ground_truth annotation
    annotations overlays heatmaps
    """
)
_JUNK_FOLDERS = frozenset(["__macosx", "__pycache__", "$recycle.bin", "system volume information"])


@dataclass(frozen=True)
class FoundFiles:
    """Files below a folder, as paths relative to it with forward slashes, in natural order.

    Args:
        images: files that are images by suffix, or (without a suffix) by their first bytes.
        others: every other visible file.
        masks: images in folders named like masks, which are labels of pixels and not images to classify.
    """

    images: tuple[str, ...]
    others: tuple[str, ...]
    masks: tuple[str, ...]


@cache
def image_suffixes() -> tuple[str, ...]:
    """Endings of all known formats; asked for late, as plugins of other packages are looked up."""
    return tuple(suffix for _, known in FORMATS for suffix in known.suffixes)


def find_files(folder: Path) -> FoundFiles:
    """All visible files below `folder`; links are followed, but no folder is entered twice."""
    images: list[str] = []
    others: list[str] = []
    masks: list[str] = []
    for relative in _walk(folder):
        if not _is_image(folder, relative):
            others.append(relative)
        elif any(part.lower() in _MASK_FOLDERS for part in relative.split("/")[:-1]):
            masks.append(relative)
        else:
            images.append(relative)
    others = without_companions(others, images)
    beside = masks_by_name(images)
    images, masks = [image for image in images if image not in beside], [*masks, *beside]
    named = ([as_reference(name) for name in part] for part in (images, others, masks))
    return FoundFiles(*(tuple(sorted(part, key=natural)) for part in named))


_MASK_ENDING = re.compile(
    r"[ _.-]+(?:mask|masks|seg|segmentation|gt|groundtruth)(?:[ _-]?[0-9]+)?$", re.IGNORECASE
)


def masks_by_name(images: Iterable[str]) -> set[str]:
    """Images called like another one beside them with an ending for masks ("3.png", "3_mask_1.png")."""
    stems = {image.rpartition(".")[0]: image for image in images}
    ending = ((stem, _MASK_ENDING.search(stem)) for stem in stems)
    return {stems[stem] for stem, found in ending if found and stem[: found.start()] in stems}


def _walk(folder: Path) -> Iterator[str]:
    entered: set[tuple[int, int]] = set()
    for current, folders, files in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        status = os.stat(current)  # noqa: PTH116 - os.walk gives strings
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if is_visible(name))
        below = os.path.relpath(current, folder)
        start = "" if below == "." else below.replace(os.sep, "/") + "/"
        yield from (start + name for name in files if is_visible(name) and name.lower() != "thumbs.db")


def _refuse_folder(error: OSError) -> None:
    name = shown_name(Path(error.filename or "?").name)
    raise DataRefused(
        f"the folder '{name}' cannot be opened ({os.strerror(error.errno or 0)}); allow reading it"
    )


def is_visible(name: str) -> bool:
    """False for what the operating system or an archive left behind (``.DS_Store``, ``__MACOSX``)."""
    return not name.startswith(".") and name.lower() not in _JUNK_FOLDERS


def _is_image(folder: Path, relative: str) -> bool:
    suffix = os.path.splitext(relative)[1].lower()  # noqa: PTH122 - a string, with any characters
    if relative.lower().endswith(image_suffixes()):
        return True
    if relative.rsplit("/", 1)[-1].upper() == "DICOMDIR":  # an index of images (PS3.10 section 8), not one
        return False
    if is_text_signal(folder, relative):
        return True
    if suffix and not suffix[1:].isdigit():  # "IM.0001" and UID names end in digits
        return False
    try:
        path = folder / relative
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(132)
    except OSError:
        return False
    return head[128:132] == b"DICM" or picture_format(head) is not None


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which "img2" comes before "img10", and upper case beside lower case."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return tuple((0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts)


def subfolders(folder: Path) -> list[Path]:
    """Visible folders directly below, in natural order."""
    return sorted(
        (p for p in folder.iterdir() if p.is_dir() and is_visible(p.name)), key=lambda p: natural(p.name)
    )
