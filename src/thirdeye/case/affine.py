"""Whether an affine can be believed. Pure functions on (4, 4) arrays, as in `thirdeye.case.orientation`."""

from __future__ import annotations

import numpy as np

from thirdeye.case.orientation import Affine, code_of, directions

_LAST_ROW = (0.0, 0.0, 0.0, 1.0)
_FLAT = 1e-6  # volume of three unit vectors below which they lie in one plane
_FARTHEST_MM = 1e6
_SHEAR = 1e-3  # cosine between two indices: 0.06 degrees off square; rounding of float32 stays below 1e-5


def refusal(affine: Affine) -> str:
    """Why voxels cannot be placed with this affine, in one clause; "" when they can."""
    affine = np.asarray(affine)
    if affine.shape != (4, 4):
        return f"its affine has the shape {affine.shape}, not 4 x 4"
    if not np.isfinite(affine).all():
        return "its affine holds values that are not numbers (NaN or infinity)"
    if tuple(affine[3]) != _LAST_ROW:
        return "the last row of its affine is not 0 0 0 1"
    if not np.abs(affine[:3, :3]).max(axis=0).all():
        return "its affine gives voxels no size along an axis (spacing 0)"
    if abs(np.linalg.det(directions(affine))) < _FLAT:
        return "its affine puts all voxels into one plane (it cannot be inverted)"
    if np.abs(affine[:3]).max() > _FARTHEST_MM:
        return "its affine places voxels more than a kilometre away"
    return ""


def shear(affine: Affine) -> float:
    """Largest absolute cosine between two indices, 0 (square) to 1; a tilted gantry leaves sin(tilt)."""
    cosines = directions(affine)
    products = np.abs(cosines.T @ cosines)
    return float(max(products[0, 1], products[0, 2], products[1, 2]))


def is_sheared(affine: Affine) -> bool:
    """Whether the voxels are not square boxes, beyond rounding."""
    return shear(affine) > _SHEAR


def is_left_handed(affine: Affine) -> bool:
    """Whether i, j, k form a left-handed system, as in "LAS": an array looked at as stored shows a mirror."""
    return bool(np.linalg.det(directions(affine)) < 0)


def is_bare(affine: Affine) -> bool:
    """Whether it is the identity up to origin and spacing 1, as software writes that knows no geometry."""
    return bool(np.array_equal(np.asarray(affine)[:3, :3], np.eye(3)))


def farthest_mm(one: Affine, other: Affine, shape: tuple[int, ...]) -> float:
    """How far apart two affines place the same voxel, at most, over a volume of `shape`, in mm.

    The distance is largest at a corner, because the difference of two affine maps is affine.
    """
    corners = np.array(np.meshgrid(*([0, size - 1] for size in shape[:3]))).reshape(3, -1)
    homogeneous = np.vstack([corners, np.ones(corners.shape[1])])
    apart = (np.asarray(one, np.float64) - np.asarray(other, np.float64)) @ homogeneous
    return float(np.linalg.norm(apart[:3], axis=0).max())


def mirrored(one: Affine, other: Affine) -> bool:
    """Whether two affines disagree on which side is left, with the same axes otherwise.

    True for "RAS" against "LAS": one of the two volumes shows the patient in a mirror.
    """
    first, second = code_of(one), code_of(other)
    return first != second and first.translate(_SIDES) == second.translate(_SIDES)


_SIDES = str.maketrans("L", "R")
