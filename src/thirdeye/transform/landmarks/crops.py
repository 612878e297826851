"""Crops for a second look: few windows that show every point with its surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INNER = 0.3  # of a side: how far from the middle of its crop a point may lie


@dataclass(frozen=True)
class Crop:
    """A window and the points that are sought in it.

    Args:
        corner: (x, y) of its upper left corner, whole pixels, possibly outside.
        points: positions of the points.
    """

    corner: tuple[int, int]
    points: tuple[int, ...]


def cover(places: NDArray[np.float64], side: int) -> list[Crop]:
    """Windows that together show every point well inside; each point belongs to one.

    Args:
        places: (p, 2) (x, y), finite.
        side: of a window, pixels.
    """
    open_ = list(range(len(places)))
    crops: list[Crop] = []
    while open_:
        gaps = np.abs(places[open_][:, None] - places[open_][None]).max(axis=2)
        middle = places[open_][int((gaps <= INNER * side).sum(axis=1).argmax())]
        near = np.abs(places[open_] - middle).max(axis=1) <= INNER * side
        inside = [point for point, is_near in zip(open_, near, strict=True) if is_near]
        corner = np.round((places[inside].min(axis=0) + places[inside].max(axis=0)) / 2 - side / 2)
        crops.append(Crop((int(corner[0]), int(corner[1])), tuple(inside)))
        open_ = [point for point in open_ if point not in inside]
    return crops


def cut_out(picture: NDArray[np.float32], crops: Sequence[Crop], side: int) -> NDArray[np.float32]:
    """(n, C, side, side) of a picture (C, H, W); its darkest value beyond the edge."""
    result = np.full((len(crops), len(picture), side, side), picture.min(), np.float32)
    height, width = picture.shape[1:]
    for window, crop in zip(result, crops, strict=True):
        x, y = crop.corner
        left, top, right, bottom = max(0, x), max(0, y), min(width, x + side), min(height, y + side)
        if left < right and top < bottom:
            window[:, top - y : bottom - y, left - x : right - x] = picture[:, top:bottom, left:right]
    return result
