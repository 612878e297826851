"""Private attributes that PS3.15 Table E.3.10-1 calls safe, as far as they hold numbers or codes."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Any


def is_safe_private(dataset: Any, tag: Any) -> bool:
    """Whether a private attribute is on the list of safe ones; also the creator of a block that holds one.

    Args:
        dataset: in which it stands, with its private creator.
        tag: its tag, of an odd group. The value representation must be that of the list, so that what is
            meant to be a number is one.
    """
    if tag.element < 0x0100:  # a private creator: (gggg,00bb) names the block (gggg,bbxx)
        return any(
            other.group == tag.group and other.element >> 8 == tag.element and is_safe_private(dataset, other)
            for other in list(dataset.keys())
            if other.element >= 0x1000
        )
    creator = dataset.get((tag.group, tag.element >> 8))
    if creator is None:
        return False
    expected = _safe().get((tag.group, tag.element & 0xFF, str(creator.value).strip()))
    try:
        return expected is not None and expected == dataset[tag].VR
    except Exception:  # damaged: not what the list means
        return False


@cache
def _safe() -> dict[tuple[int, int, str], str]:
    place = resources.files("thirdeye.dicom.deidentify").joinpath("data", "safe_private.csv")
    rows = csv.DictReader(place.read_text(encoding="utf-8").splitlines())
    return {(int(row["group"], 16), int(row["element"], 16), row["creator"]): row["vr"] for row in rows}
