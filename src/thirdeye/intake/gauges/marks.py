"""Marks that look like burned-in letters: small, bright, apart, near the edge. Nothing is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.gauges.views import coarse_levels

SIZE_PX = 384
CORNERS = ("marks_upper_left", "marks_upper_right", "marks_lower_left", "marks_lower_right")
_LEAST_PX = 64
_BRIGHT = 0.9  # of the picture's own range
_MOST_BRIGHT = 0.1  # share of the picture; above it bright is background, not writing
_MOST_PARTS = 400
_EDGE = 0.22  # of each side, in which marks are looked for
_HEIGHT = (0.02, 0.12)  # of a letter, of the longer side
_WIDTH = (0.004, 0.12)
_FILL = (0.15, 0.95)  # of the box around a letter
_DARKER = 0.25  # of the range, by which the ring around a letter is darker


@GAUGES.register("marks")
def gauge(image: Image) -> dict[str, int]:
    """``marks``: number of marks; ``marks_upper_left`` and so on: of those in each quarter.

    A cheap suspicion for whole sets, not proof for one picture: bones and tubes near the edge can look alike.
    Pictures below 64 pixels have none.
    """
    counts = dict.fromkeys(("marks", *CORNERS), 0)
    if min(image.height, image.width) < _LEAST_PX:
        return counts
    levels = coarse_levels(image, SIZE_PX, brightest=True)
    for row, column in mark_centres(levels):
        counts["marks"] += 1
        counts[CORNERS[2 * (row > 0.5) + (column > 0.5)]] += 1
    return counts


def mark_centres(levels: NDArray[np.uint8]) -> list[tuple[float, float]]:
    """Row and column of each mark as shares of the sides, 0 to 1.

    Args:
        levels: (h, w).
    """
    low, high = float(levels.min()), float(levels.max())
    bright = levels >= low + _BRIGHT * (high - low)
    if high <= low or bright.mean() > _MOST_BRIGHT:
        return []
    down, across = int(_EDGE * levels.shape[0]), int(_EDGE * levels.shape[1])
    bright[down:-down, across:-across] = False
    parts, count = ndimage.label(bright, structure=np.ones((3, 3)))
    if count > _MOST_PARTS:
        return []
    boxes = ndimage.find_objects(parts)
    return [
        (
            (box[0].start + box[0].stop) / 2 / levels.shape[0],
            (box[1].start + box[1].stop) / 2 / levels.shape[1],
        )
        for number, box in enumerate(boxes, 1)
        if _is_letter(levels, parts, box, number, low, high)
    ]


def _is_letter(
    levels: NDArray[np.uint8], parts: NDArray[np.int32], box: tuple[slice, slice], number: int, low: float,
    high: float,
) -> bool:  # fmt: skip
    longer = max(levels.shape)
    height, width = box[0].stop - box[0].start, box[1].stop - box[1].start
    if not (max(4, _HEIGHT[0] * longer) <= height <= _HEIGHT[1] * longer):
        return False
    if not (max(1, _WIDTH[0] * longer) <= width <= _WIDTH[1] * longer) or width > 2.5 * height:
        return False
    if _touches_edge(levels.shape, box):
        return False
    filled = float((parts[box] == number).mean())
    if not _FILL[0] <= filled <= _FILL[1] and not (filled > _FILL[1] and height > 2 * width):
        return False
    return _ring_level(levels, box) < high - _DARKER * (high - low)


def _touches_edge(shape: tuple[int, ...], box: tuple[slice, slice]) -> bool:
    return box[0].start == 0 or box[1].start == 0 or box[0].stop == shape[0] or box[1].stop == shape[1]


def _ring_level(levels: NDArray[np.uint8], box: tuple[slice, slice]) -> float:
    """Level below which 85 % of a ring around a box lie, two pixels off: it is dark all round a letter."""
    top, bottom = max(0, box[0].start - 2), min(levels.shape[0] - 1, box[0].stop + 1)
    left, right = max(0, box[1].start - 2), min(levels.shape[1] - 1, box[1].stop + 1)
    ring = np.concatenate(
        [
            levels[top, left : right + 1],
            levels[bottom, left : right + 1],
            levels[top : bottom + 1, left],
            levels[top : bottom + 1, right],
        ]
    )
    return float(np.sort(ring)[int(0.85 * ring.size)])
