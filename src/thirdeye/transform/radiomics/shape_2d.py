"""Size and form of a region in an image; its outline runs midway between pixels (marching squares)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist

from thirdeye.errors import UsageError

Mask = NDArray[np.bool_]
_CUT = (0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0)  # corners cut by a slanted line, by code of 2 x 2
_FILLED = np.array([0, 1, 1, 4, 1, 4, 2, 7, 1, 2, 4, 7, 4, 7, 7, 8]) / 8


def shape_2d(mask: Any, *, spacing_mm: Sequence[float] = (1.0, 1.0)) -> dict[str, float]:
    """Area, perimeter, axes, diameter and ratios of a region, and Hu's seven moments.

    Args:
        mask: (H, W), true inside; several parts count as one region.
        spacing_mm: distance between rows and between columns.

    Raises:
        UsageError: not an image, or nothing inside.
    """
    inside = np.asarray(mask, dtype=bool)
    if inside.ndim != 2 or not inside.any():
        raise UsageError(
            f"the shape of a region needs an image with a mask that is not empty; got {inside.shape}"
        )
    area, perimeter = area_and_perimeter(inside, spacing_mm=spacing_mm)
    points = np.argwhere(inside) * np.asarray(spacing_mm, dtype=np.float64)
    pixel = float(np.prod(spacing_mm))
    hull = ConvexHull(_corners(inside) * np.asarray(spacing_mm))
    major, minor = axis_lengths(points)
    box = np.ptp(points, axis=0) + np.asarray(spacing_mm)
    found = {
        "mesh_area": area,
        "pixel_area": len(points) * pixel,
        "perimeter": perimeter,
        "perimeter_area_ratio": perimeter / area,
        "circularity": 2 * np.sqrt(np.pi * area) / perimeter,
        "major_axis_length": major,
        "minor_axis_length": minor,
        "elongation": minor / major if major > 0 else 1.0,
        "eccentricity": float(np.sqrt(max(0.0, 1 - (minor / major) ** 2))) if major > 0 else 0.0,
        "maximum_diameter": maximum_diameter(points),
        "solidity": len(points) * pixel / float(hull.volume),
        "convexity": float(hull.area) / perimeter,
        "extent": len(points) * pixel / float(box.prod()),
    }
    return {name: float(value) for name, value in found.items()} | hu_moments(points)


def area_and_perimeter(inside: Mask, *, spacing_mm: Sequence[float] = (1.0, 1.0)) -> tuple[float, float]:
    """Area and length of the outline by marching squares at one half; touching corners are not joined."""
    padded = np.pad(inside, 1).astype(np.intp)
    code = padded[:-1, :-1] + 2 * padded[:-1, 1:] + 4 * padded[1:, :-1] + 8 * padded[1:, 1:]
    n = np.bincount(code.ravel(), minlength=16)
    down, across = (float(step) for step in spacing_mm)
    slanted = float(np.hypot(down, across)) / 2
    length = slanted * (n @ np.asarray(_CUT) + 2 * (n[6] + n[9]))
    length += across * (n[3] + n[12]) + down * (n[5] + n[10])
    return float(n @ _FILLED) * down * across, float(length)


def axis_lengths(points: NDArray[Any]) -> tuple[float, ...]:
    """Four standard deviations along each principal axis, longest first (IBSI 3.1.12 to 3.1.14).

    Args:
        points: (n, d) in mm.
    """
    gaps = points - points.mean(axis=0)
    spread = gaps.T @ gaps / max(1, len(points) - 1)
    values = np.maximum(np.linalg.eigvalsh(spread), 0)[::-1]
    return tuple(float(4 * np.sqrt(value)) for value in values)


def maximum_diameter(points: NDArray[Any]) -> float:
    """The largest distance of two of the points (n, d), which here are centres of elements."""
    if len(points) < 2:
        return 0.0
    varies = np.ptp(points, axis=0) > 0
    kept = points[:, varies]
    if (
        kept.shape[1] > 1
        and len(kept) > kept.shape[1] + 1
        and np.linalg.matrix_rank(kept - kept[0]) == kept.shape[1]
    ):
        kept = kept[ConvexHull(kept).vertices]
    return float(pdist(kept).max())


def hu_moments(points: NDArray[Any]) -> dict[str, float]:
    """Hu's (1962) moments, unchanged by shift, size and turn, as sign(h) log10(1 + 10^6 |h|).

    Args:
        points: (n, 2), one for each pixel; size cancels where pixels are square.
    """
    x, y = (points - points.mean(axis=0)).T
    n = float(len(points))

    def eta(p: int, q: int) -> float:
        return float((x**p * y**q).sum()) / n ** ((p + q) / 2 + 1)

    raw = _hu(eta(2, 0), eta(1, 1), eta(0, 2), eta(3, 0), eta(2, 1), eta(1, 2), eta(0, 3))
    return {f"hu_{k}": float(np.sign(h) * np.log10(1 + 1e6 * abs(h))) for k, h in enumerate(raw, start=1)}


def _hu(
    n20: float, n11: float, n02: float, n30: float, n21: float, n12: float, n03: float
) -> tuple[float, ...]:
    a, b = n30 + n12, n21 + n03
    c, d = n30 - 3 * n12, 3 * n21 - n03
    return (
        n20 + n02,
        (n20 - n02) ** 2 + 4 * n11**2,
        c**2 + d**2,
        a**2 + b**2,
        c * a * (a**2 - 3 * b**2) + d * b * (3 * a**2 - b**2),
        (n20 - n02) * (a**2 - b**2) + 4 * n11 * a * b,
        d * a * (a**2 - 3 * b**2) - c * b * (3 * a**2 - b**2),
    )


def _corners(inside: Mask) -> NDArray[np.float64]:
    """Corners of the outermost pixels of each row; their hull is that of the region and is never flat."""
    rows = np.flatnonzero(inside.any(axis=1))
    left = inside[rows].argmax(axis=1)
    right = inside.shape[1] - inside[rows][:, ::-1].argmax(axis=1)
    sides = [np.column_stack([rows + step, edge]) for step in (0, 1) for edge in (left, right)]
    return np.unique(np.concatenate(sides), axis=0).astype(np.float64)
