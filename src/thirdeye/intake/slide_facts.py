"""What is measured of a slide beside what is measured of its overview."""

from __future__ import annotations

import math

from thirdeye.case.image import Image
from thirdeye.intake.slide_tissue import tissue_mask


def slide_facts(overview: Image) -> dict[str, float]:
    """Further columns of the facts.

    Returns:
        ``mpp``: microns per pixel of the finest level (NaN where the slide does not say); ``slide_width``,
        ``slide_height``: of the finest level in pixels; ``tissue_share``: part of the overview that is
        tissue.
    """
    told = overview.attributes
    return {
        "mpp": float(told.get("mpp", math.nan)),
        "slide_width": float(told["slide_width"]),
        "slide_height": float(told["slide_height"]),
        "tissue_share": float(tissue_mask(overview.pixels).mean()),  # type: ignore[arg-type]
    }


def is_slide(item: object) -> bool:
    """Whether an item is the overview of a slide, or a tile of one."""
    return isinstance(item, Image) and item.attributes.get("format") == "SLIDE"
