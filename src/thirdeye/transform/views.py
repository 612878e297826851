"""Views of an image that are averaged at reading time: name to the axes that are mirrored.

Axes are counted from the end, so that they fit (..., H, W) in numpy and torch; each view is its own inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VIEWS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "identity": (),
        "flip_horizontal": (-1,),
        "flip_vertical": (-2,),
        "flip_both": (-2, -1),
    }
)
