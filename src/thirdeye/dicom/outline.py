"""Shapes of structured reports as boxes and points in pixels (PS3.3 C.18.6.1.2, C.18.9.1.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.report import Shape

Box = tuple[float, float, float, float]
_POINTS = ("POINT", "MULTIPOINT")


def boxes_of(kind: str, points: Sequence[Sequence[float]]) -> list[Box]:
    """(x_min, y_min, x_max, y_max) around a shape; of points one box without extent for each.

    A circle is given by its centre and a point on it, an ellipse by the ends of its two axes.

    Args:
        kind: see `thirdeye.dicom.report.Shape`.
        points: (x, y) in pixels.
    """
    xy = np.asarray(points, dtype=np.float64)[:, :2]
    if kind in _POINTS:
        return [(float(x), float(y), float(x), float(y)) for x, y in xy]
    if kind == "CIRCLE" and len(xy) == 2:
        radius = math.dist(xy[0], xy[1])
        (x, y) = xy[0]
        return [(float(x - radius), float(y - radius), float(x + radius), float(y + radius))]
    if kind == "ELLIPSE" and len(xy) == 4:
        centre = xy[:2].mean(axis=0)
        half = np.sqrt(((xy[0] - xy[1]) / 2) ** 2 + ((xy[2] - xy[3]) / 2) ** 2)
        low, high = centre - half, centre + half
    else:
        low, high = xy.min(axis=0), xy.max(axis=0)
    return [(float(low[0]), float(low[1]), float(high[0]), float(high[1]))]


def in_voxels(shape: Shape, affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3) of a shape in space: x and y in pixels from the upper left corner, and the slice, from 0.

    Args:
        shape: with points in mm (LPS+).
        affine: (4, 4) RAS+ of the volume.
    """
    points = np.array([[-x, -y, z, 1.0] for x, y, z in shape.points])
    places: NDArray[np.float64] = (points @ np.linalg.inv(affine).T)[:, :3]
    places[:, :2] += 0.5  # voxel centres lie half a pixel from the corner
    return places
