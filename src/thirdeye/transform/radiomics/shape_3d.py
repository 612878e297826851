"""Size and form of a region in a volume; its surface is a mesh of triangles (marching cubes; IBSI 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from thirdeye.errors import MissingExtra, UsageError
from thirdeye.transform.radiomics.shape_2d import axis_lengths, maximum_diameter

Points = NDArray[np.float64]


def shape_3d(mask: Any, *, spacing_mm: Sequence[float] = (1.0, 1.0, 1.0)) -> dict[str, float]:
    """Volume, surface, sphericity, axes, diameter and ratios of a region in a volume.

    Args:
        mask: (D, H, W), true inside; several parts count as one region.
        spacing_mm: distance between elements along each axis.

    Raises:
        UsageError: not a volume, or nothing inside.
        MissingExtra: scikit-image is not installed.
    """
    inside = np.asarray(mask, dtype=bool)
    if inside.ndim != 3 or not inside.any():
        raise UsageError(
            f"the shape of a region needs a volume with a mask that is not empty; got {inside.shape}"
        )
    vertices, triangles = surface_mesh(inside, spacing_mm=spacing_mm)
    volume, surface = mesh_volume_and_surface(vertices, triangles)
    points = np.argwhere(inside) * np.asarray(spacing_mm, dtype=np.float64)
    major, minor, least = axis_lengths(points)
    hull = ConvexHull(vertices)
    box = np.ptp(vertices, axis=0)
    found = {
        "mesh_volume": volume,
        "voxel_volume": len(points) * float(np.prod(spacing_mm)),
        "surface_area": surface,
        "surface_volume_ratio": surface / volume,
        "sphericity": (36 * np.pi * volume**2) ** (1 / 3) / surface,
        "compactness_1": volume / np.sqrt(np.pi * surface**3),
        "compactness_2": 36 * np.pi * volume**2 / surface**3,
        "asphericity": (surface**3 / (36 * np.pi * volume**2)) ** (1 / 3) - 1,
        "maximum_diameter": maximum_diameter(vertices),
        "major_axis_length": major,
        "minor_axis_length": minor,
        "least_axis_length": least,
        "elongation": minor / major if major > 0 else 1.0,
        "flatness": least / major if major > 0 else 1.0,
        "volume_density_box": volume / float(box.prod()),
        "volume_density_hull": volume / float(hull.volume),
    }
    return {name: float(value) for name, value in found.items()}


def surface_mesh(
    inside: NDArray[np.bool_], *, spacing_mm: Sequence[float]
) -> tuple[Points, NDArray[np.integer]]:
    """Vertices (v, 3) in mm and triangles (t, 3) of the surface half-way between inside and outside."""
    try:
        from skimage.measure import marching_cubes
    except ImportError:
        raise MissingExtra("the surface of a volume", "radiomics") from None
    vertices, triangles, _, _ = marching_cubes(
        np.pad(inside, 1).astype(np.float32),
        0.5,
        spacing=tuple(float(step) for step in spacing_mm),
        method="lorensen",
    )
    return vertices.astype(np.float64), triangles


def mesh_volume_and_surface(vertices: Points, triangles: NDArray[np.integer]) -> tuple[float, float]:
    """Volume by the tetrahedra from the origin, surface by the triangles."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    return abs(float((a * normal).sum())) / 6, float(np.linalg.norm(normal, axis=1).sum()) / 2
