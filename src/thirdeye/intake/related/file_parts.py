"""Frames, pages, tiles and channels of one file."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.intake.reference import split_selector


def parts_of_one_file(images: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of two or more references that lead into one file; series of a folder are files of their own."""
    files: dict[str, list[str]] = {}
    for image in images:
        file, selector = split_selector(image)
        if selector and not selector.startswith("series="):
            files.setdefault(file, []).append(image)
    return tuple(tuple(held) for held in files.values() if len(held) > 1)
