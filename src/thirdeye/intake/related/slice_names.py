"""Slices, frames and patches of one volume, film or slide, by names such as ``case12_slice034.png``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thirdeye.intake.related.folders import within_folders

_NUMBERED = re.compile(
    r"(?:^|(?<=[-_ .]))(?:slices?|slc|frames?|patch|tile|z)[-_ .]?([0-9]+(?:[-_x,][0-9]+)*)(?=[-_ .]|$)", re.I
)
_LEAST_GROUPS = 2
_LARGEST = 0.5  # of the images that are named so
_LEAST_SHARE = 0.2  # of all images


def slice_groups(images: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of two or more images that are parts of one thing.

    What stands around the number names the thing; where nothing does, the folder. Believed when there are
    several things, none holds most images, and a fifth of all images is named so.

    Args:
        images: references.
    """
    things: dict[str, list[str]] = {}
    for image in images:
        folder, _, name = image.rpartition("/")
        found = _NUMBERED.search(name.rsplit(".", 1)[0])
        if found:
            around = name[: found.start()] + "#" + name[found.end() :].rsplit(".", 1)[0]
            key = around if re.search(r"[0-9A-Za-z]", around) else folder + "/#"
            things.setdefault(key, []).append(image)
    named = sum(map(len, things.values()))
    groups = [group for parts in things.values() for group in within_folders(parts)]
    largest = max(map(len, groups), default=0)
    believed = (
        len(groups) >= _LEAST_GROUPS and largest <= _LARGEST * named and named >= _LEAST_SHARE * len(images)
    )
    return tuple(group for group in groups if len(group) > 1) if believed else ()
