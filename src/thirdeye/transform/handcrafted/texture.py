"""Texture by the definitions of the IBSI, of the whole picture: five matrices (see `transform.radiomics`)."""

from __future__ import annotations

import math

import numpy as np

from thirdeye.transform.handcrafted.picture import Picture
from thirdeye.transform.radiomics import describe
from thirdeye.transform.radiomics.region import Region

LEVELS = 16


def texture(picture: Picture) -> dict[str, float]:
    """Co-occurrence at one pixel, runs, zones, tone differences and dependences in 16 grey levels.

    Given as asinh(x): close to x where small, its logarithm where large, since some span many powers of ten.
    """
    levels = (picture.stretched * (LEVELS - 1e-3)).astype(np.intp) + 1
    found = describe.texture(Region(levels, LEVELS))
    return {f"ibsi_{name}": math.asinh(value) for name, value in found.items()}
