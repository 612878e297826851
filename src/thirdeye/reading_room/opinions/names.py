"""What the pictures of an opinion are called; each is a file in the folder of images, named by its hash."""

from __future__ import annotations

PLAIN = "plain"  # PNG of the image that the opinion is about, as the reader saw it
HEAT_MAP = "heat_map"  # PNG with transparency, to lie over `PLAIN`: same shape
MARKED = "marked"  # PNG with the outlines, boxes or points that were found drawn in
SLICE = "slice"  # PNG of one slice of the volume with its marks; see `of_place`
_SIMILAR = "similar_"


def similar(rank: int) -> str:
    """The small picture of a past case.

    Args:
        rank: place of the case in the opinion's ``similar``, from 0.
    """
    return f"{_SIMILAR}{rank}"


def of_place(name: str, number: int) -> str:
    """The same picture of another image of the case, or of one slice of the volume.

    Args:
        name: `PLAIN`, `HEAT_MAP`, `MARKED` or `SLICE`.
        number: of the image or slice, from 1.
    """
    return f"{name}_{number}"


def is_heat_map(name: str) -> bool:
    """Whether a picture is a heat map, of whichever image."""
    return name == HEAT_MAP or name.startswith(f"{HEAT_MAP}_")
