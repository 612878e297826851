"""Names that count anew in every folder."""

from __future__ import annotations

from collections.abc import Sequence


def within_folders(images: Sequence[str]) -> list[tuple[str, ...]]:
    """All references as one group; one group per folder where a file name occurs in two of them.

    ``yes/1_slice2.png`` and ``no/1_slice2.png`` are not one volume: each folder has a number 1 of its own.
    """
    if len({image.rpartition("/")[2] for image in images}) == len(images):
        return [tuple(images)]
    folders: dict[str, list[str]] = {}
    for image in images:
        folders.setdefault(image.rpartition("/")[0], []).append(image)
    return [tuple(held) for held in folders.values()]
