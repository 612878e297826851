"""Structure sets of radiotherapy (RTSTRUCT, PS3.3 A.19): contours, and one structure as a mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.segmentation import Grid, Segment

_MOST_POINTS = 5_000_000
_OFF_PLANE = 0.5  # slices by which a contour may lie beside the slice that it is put on


def structures_of(dataset: Any) -> tuple[Segment, ...]:
    """Structures with at least one closed contour, by their own number.

    Raises:
        ValueError: there are none.
    """
    names = {
        int(item.ROINumber): _plain(item.get("ROIName"))
        for item in dataset.get("StructureSetROISequence") or ()
    }
    drawn = [
        int(item.ReferencedROINumber)
        for item in dataset.get("ROIContourSequence") or ()
        if any(_is_closed(contour) for contour in item.get("ContourSequence") or ())
    ]
    if not drawn:
        raise ValueError("is a structure set without closed contours")
    return tuple(Segment(number, names.get(number) or f"structure {number}") for number in drawn)


def _is_closed(contour: Any) -> bool:
    return "CLOSED" in str(contour.get("ContourGeometricType", ""))


def _plain(value: Any) -> str:
    return "".join(c for c in str(value or "").strip()[:64] if c.isprintable())


def structure_mask(dataset: Any, number: int, grid: Grid) -> NDArray[np.uint8]:
    """One structure on a grid: (I, J, K), 1 in voxels whose centre lies within it.

    Closed planar contours only. Of contours that lie within each other on one slice, every second is a hole.

    Args:
        dataset: an opened structure set.
        number: of the structure.
        grid: of the images that it was drawn on, with a place in space.

    Raises:
        ValueError: there is no such structure, a contour lies between slices or outside.
    """
    if grid.affine is None:
        raise ValueError("was drawn on images without a place in space")
    mask = np.zeros(grid.shape, np.uint8)
    to_voxels = np.linalg.inv(grid.affine)
    found = False
    for points in _contours(dataset, number):
        found = True
        places = np.column_stack([points * [-1, -1, 1], np.ones(len(points))]) @ to_voxels.T
        height = float(places[:, 2].mean())
        k = round(height)
        if np.abs(places[:, 2] - k).max() > _OFF_PLANE:
            raise ValueError("has a contour that does not lie in a slice of its images")
        if not 0 <= k < grid.shape[2]:
            raise ValueError("reaches outside the images that it was drawn on")
        mask[:, :, k] ^= inside(places[:, :2], grid.shape[:2])
    if not found:
        raise ValueError(f"has no closed contour of structure {number}")
    return mask


def _contours(dataset: Any, number: int) -> Iterator[NDArray[np.float64]]:
    """(N, 3) points in mm (LPS+) of each closed planar contour."""
    total = 0
    for item in dataset.get("ROIContourSequence") or ():
        if int(item.get("ReferencedROINumber", -1)) != number:
            continue
        for contour in item.get("ContourSequence") or ():
            data = contour.get("ContourData")
            if data is None or not _is_closed(contour):
                continue
            points = np.array([float(value) for value in data])
            total += points.size
            if points.size % 3 or not np.isfinite(points).all() or total > _MOST_POINTS:
                raise ValueError("has a damaged contour")
            if points.size >= 9:
                yield points.reshape(-1, 3)


def inside(corners: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """(I, J): 1 at the whole numbers (i, j) that lie within a polygon, by the even-odd rule.

    Args:
        corners: (N, 2) of (i, j).
        shape: (I, J).
    """
    mask = np.zeros(shape, np.uint8)
    following = np.roll(corners, -1, axis=0)
    low, high = corners[:, 1].min(), corners[:, 1].max()
    for j in range(max(0, int(np.ceil(low))), min(shape[1], int(np.floor(high)) + 1)):
        crosses = (corners[:, 1] <= j) != (following[:, 1] <= j)
        one, other = corners[crosses], following[crosses]
        share = (j - one[:, 1]) / (other[:, 1] - one[:, 1])
        edges = np.sort(one[:, 0] + share * (other[:, 0] - one[:, 0]))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            mask[max(0, int(np.ceil(start))) : max(0, int(np.floor(end)) + 1), j] = 1
    return mask
