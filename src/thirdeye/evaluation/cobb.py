"""The three Cobb angles of a spine marked by the corners of its vertebrae, as in the AASCE 2019 challenge.

Each vertebra has a mid-line: from the middle of its left side to the middle of its right side. The first
angle is the largest between any two mid-lines. The second and third are those of the curves beside it. A
spine that stays on one side of the line from its first to its last end plate has a single curve: then the
first vertebra with the upper end of the curve, and the lower end with the last vertebra. Else the second is
the largest angle from the upper end upwards; the third that from the lower end downwards where the curve
lies in the upper half of the image, and otherwise that from the end of the second upwards.

Source: the challenge (Wang et al. 2021, Medical Image Analysis 72:102115); checked against its own angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import LARGEST, check_numbers
from thirdeye.evaluation.scalars import check_number

FEWEST_VERTEBRAE = 3
CORNERS = 4
_ONE_SIDED = 1e-4  # of the challenge: a sum of products, in shares of height and width of the spine

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CobbAngles:
    """Three angles and the vertebrae between whose mid-lines they lie.

    Args:
        degrees: 0 to 180 each; the first is the largest.
        pairs: vertebrae of each, from 0 at the top.
        lines: (v, 2, 2) left and right end (x, y) of each vertebra's mid-line.
    """

    degrees: tuple[float, float, float]
    pairs: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    lines: Array


def cobb_angles(corners: Any, *, height: Any) -> CobbAngles:
    """Three Cobb angles.

    Args:
        corners: (4 v, 2) x and y, vertebra by vertebra from the top: upper left, upper right, lower left,
            lower right, as they lie in the image. Finite.
        height: of the image, in the same unit: the challenge asks in which half of it the curve lies.

    Raises:
        UsageError: not four corners for each of `FEWEST_VERTEBRAE` vertebrae or more, or no height.
        DataRefused: a corner that is not finite, or a vertebra without width.
    """
    points = check_numbers("corners", corners)
    if (
        points.ndim != 2
        or points.shape[1] != 2
        or len(points) % CORNERS
        or len(points) < 4 * FEWEST_VERTEBRAE
    ):
        raise UsageError(
            f"Cobb angles need four corners (x, y) of each of {FEWEST_VERTEBRAE} vertebrae or more, got an "
            f"array of {points.shape}"
        )
    if not (np.abs(points) <= LARGEST**0.25).all():
        raise DataRefused("Cobb angles need every corner of every vertebra; one is missing or not finite")
    sides = points.reshape(-1, 2, 2, 2).mean(axis=1)  # (v, left and right, xy)
    plates = points.reshape(-1, 2, 2).mean(axis=1)  # (2 v, xy) middles of upper and lower end plates
    angles = _between(sides[:, 1] - sides[:, 0])
    upper, lower = map(int, np.unravel_index(int(angles.argmax()), angles.shape))
    second, third = _beside(angles, plates, upper, lower, check_number("the height", height, 0, inside=True))
    pairs = ((upper, lower), second, third)
    one, two, three = (float(angles[pair]) for pair in pairs)
    return CobbAngles((one, two, three), pairs, sides)


def _between(vectors: Array) -> Array:
    """(v, v) angles in degrees."""
    lengths = np.linalg.norm(vectors, axis=1)
    flat = np.flatnonzero(lengths < 1e-9 * max(float(lengths.max()), 1e-9))
    if flat.size:
        raise DataRefused(f"vertebra {flat[0] + 1} has no width: its left and right sides are one place")
    units = vectors / lengths[:, None]
    cosines = np.clip(units @ units.T, -1.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return np.asarray(np.degrees(np.arccos(cosines)))


def _beside(
    angles: Array, plates: Array, upper: int, lower: int, height: float
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The vertebrae of the second and third angle."""
    last = len(angles) - 1
    if not _changes_sides(plates):
        return (0, upper), (lower, last)
    above = int(angles[upper, : upper + 1].argmax())
    middle = plates[2 * upper + 1, 1] + plates[2 * lower + 1, 1]
    if middle < height:
        return (above, upper), (lower, lower + int(angles[lower, lower:].argmax()))
    return (above, upper), (int(angles[above, : above + 1].argmax()), above)


def _changes_sides(plates: Array) -> bool:
    """Whether the middles lie on both sides of the line from the first to the last (an S, not a C)."""
    from_last = plates - plates[-1]
    (width, height), rest = from_last[0], from_last[:-2]
    across = rest[:, 1] * width - rest[:, 0] * height
    right, left = across[across > 0].sum(), -across[across < 0].sum()
    return bool(4 * right * left >= max(_ONE_SIDED * (width * height) ** 2, np.finfo(float).tiny))
