"""What became of the transparent parts of a picture: laid on black, as a reader sees colours alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thirdeye.case.opinion import Opinion

SAID = (
    "Parts of the image are transparent; they were laid on black, as in training. On another ground the "
    "answer may differ: give the picture without transparency if this is not how it is meant."
)


def with_transparency(opinion: Opinion, item: Any) -> Opinion:
    """An opinion that says so where parts of its image were transparent.

    Args:
        opinion: on the item, abstaining or not.
        item: image, volume or signal as decoded.
    """
    if "transparent" not in getattr(item, "attributes", {}).get("converted", ""):
        return opinion
    return replace(opinion, warnings=(*opinion.warnings, SAID))
