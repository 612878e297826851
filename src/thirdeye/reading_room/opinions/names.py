"""What the pictures of an opinion are called; each is a file in the folder of images, named by its hash."""

from __future__ import annotations

PLAIN = "plain"  # PNG of the first image as the reader saw it
HEAT_MAP = "heat_map"  # PNG with transparency, to lie over `PLAIN`: same shape
MARKED = "marked"  # PNG with the outlines, boxes or points that were found drawn in
_SIMILAR = "similar_"


def similar(rank: int) -> str:
    """The small picture of a past case.

    Args:
        rank: place of the case in the opinion's ``similar``, from 0.
    """
    return f"{_SIMILAR}{rank}"
