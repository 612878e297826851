"""Empty margins: padding, letterboxes, black frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.gauges.views import coarse_levels

_TOLERANCE = 6  # levels of 256; compression ripples that much


@GAUGES.register("frame")
def gauge(image: Image) -> dict[str, float]:
    """Share of the picture that is empty margin.

    ``margin``: share of the area in rows and columns at the sides that hold one value only, 0 to 1.
    """
    levels = coarse_levels(image)
    rows = _filled(levels)
    columns = _filled(levels[rows].T)
    inside = (rows.stop - rows.start) * (columns.stop - columns.start)
    return {"margin": round(1 - inside / max(1, levels.size), 4)}


def _filled(levels: NDArray[np.uint8]) -> slice:
    """The rows between the empty ones at top and bottom; all of them if every row is empty."""
    spread = np.ptp(levels, axis=1) if levels.shape[1] else np.zeros(len(levels))
    held = np.flatnonzero(spread > _TOLERANCE)
    return slice(int(held[0]), int(held[-1]) + 1) if held.size else slice(0, len(levels))
