"""Folders that hold nothing but one folder, as unpacked archives do."""

from __future__ import annotations

from pathlib import Path

from thirdeye.intake.files import image_suffixes, is_visible, subfolders

_DEEPEST = 4


def descend(data: Path) -> tuple[Path, tuple[str, ...]]:
    """The first folder below DATA with a choice in it, and sentences that say so."""
    folder = data
    for _ in range(_DEEPEST):
        inner = subfolders(folder)
        if len(inner) != 1 or _has_images(folder) or not subfolders(inner[0]):
            break
        folder = inner[0]
    if folder == data:
        return data, ()
    return folder, (f"The data lie in the folder {folder.relative_to(data).as_posix()}.",)


def _has_images(folder: Path) -> bool:
    return any(
        is_visible(path.name) and path.name.lower().endswith(image_suffixes()) for path in folder.iterdir()
    )
