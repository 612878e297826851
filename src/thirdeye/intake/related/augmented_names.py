"""Augmented copies by their names: ``IM7_aug_3.png``, ``IM7_flip.png``, ``IM7_png.rf.0f3a...jpg``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thirdeye.intake.related.folders import within_folders

_CHANGE = (
    r"aug(?:ment(?:ed|ation)?)?|[hv]?flip(?:ped|lr|ud|[hv])?|mirror(?:ed)?|rot(?:at(?:e|ed|ion))?|transform(?:ed)?"
    r"|jitter(?:ed)?|nois[ey]|gaussian|blur(?:red)?|bright(?:en|ened|er|ness)?|dark(?:en|ened|er)?|contrast"
    r"|crop(?:ped)?|zoom(?:ed)?|shear(?:ed)?|shift(?:ed)?|elastic|gamma|clahe|equali[sz]ed?|scaled?"
)
_BEHIND = re.compile(rf"[-_ .](?:{_CHANGE})(?=[-_ .0-9]|$).*$", re.I)
_BEFORE = re.compile(rf"^(?:{_CHANGE})[-_ .]?(?:[0-9]{{1,3}}[-_ .])?(?=[0-9A-Za-z])", re.I)
_EXPORT = re.compile(r"[._](?:jpe?g|png|bmp|tiff?)\.rf\.[0-9a-f]{16,}$", re.I)


def augmented_groups(images: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of an original, where it is there, and the copies whose names say what was done to it.

    Args:
        images: references. Copies are sought in all folders, because a split may have come after them; but
            where one name occurs in several folders, counting began anew in each.
    """
    originals: dict[str, list[str]] = {}
    changed = set()
    for image in images:
        name = image.rpartition("/")[2].rsplit(".", 1)[0]
        original = _original(name)
        if original != name:
            changed.add(original)
        originals.setdefault(original, []).append(image)
    families = [held for name, held in originals.items() if name in changed]
    return tuple(group for held in families for group in within_folders(held) if len(group) > 1)


def _original(name: str) -> str:
    """Name without what was done; the name itself where nothing says so."""
    for pattern in (_EXPORT, _BEHIND, _BEFORE):
        shorter = pattern.sub("", name)
        if shorter and shorter != name:
            return shorter
    return name
