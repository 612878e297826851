"""Outlines of what was marked, as polygons that any program can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.measure import outlines

CONTOURS_VERSION = 1
_DIGITS = 2
_OF_IMAGES = (
    "pixels (column, row) from the upper left corner of the image; the centre of the first pixel is "
    "(0.5, 0.5); millimetres (x, y) from the same corner"
)
_OF_VOLUMES = (
    "voxel indices (i, j, k) as stored in the file; centres are whole numbers; millimetres (x, y, z) in the "
    "patient, RAS+: x to the right, y to the front, z to the head"
)


def contours_json(
    labels: NDArray[np.uint8], structures: Sequence[str], item: Image | Volume, source: str
) -> dict[str, Any]:
    """The content of a file of contours.

    Args:
        labels: (H, W) or (I, J, K), on the grid of `item`.
        structures: names; number i + 1 is ``structures[i]``.
        item: the image or volume.
        source: its file, as the user named it.

    Returns:
        JSON-ready: of each closed line the structure, the slice (volumes), whether it bounds a hole, and its
        points; ``points_mm`` is null where the image has no spacing.
    """
    is_volume = isinstance(item, Volume)
    lines = (
        _of_volume(labels, structures, item.geometry)
        if isinstance(item, Volume)
        else _of_image(labels, structures, item.spacing_mm)
    )
    return {
        "version": CONTOURS_VERSION,
        "source": source,
        "coordinates": _OF_VOLUMES if is_volume else _OF_IMAGES,
        "sides": list(labels.shape),
        "slices_along": _across(item.geometry) if isinstance(item, Volume) else None,
        "structures": {str(number): name for number, name in enumerate(structures, start=1)},
        "contours": list(lines),
    }


def _of_image(
    labels: NDArray[np.uint8], structures: Sequence[str], spacing: tuple[float, float] | None
) -> Iterator[dict[str, Any]]:
    for name, line, is_hole in _lines(labels, structures):
        points = line + 0.5
        in_mm = None if spacing is None else points * [spacing[1], spacing[0]]
        yield _contour(name, None, is_hole, points, in_mm)


def _of_volume(
    labels: NDArray[np.uint8], structures: Sequence[str], geometry: Geometry
) -> Iterator[dict[str, Any]]:
    across = _across(geometry)
    first, second = (axis for axis in range(3) if axis != across)
    marked = np.flatnonzero(labels.any(axis=(first, second)))
    for place in marked:
        for name, line, is_hole in _lines(np.asarray(labels.take(int(place), axis=across)), structures):
            points = np.empty((len(line), 3))
            points[:, second], points[:, first], points[:, across] = line[:, 0], line[:, 1], place
            in_mm = points @ geometry.affine[:3, :3].T + geometry.affine[:3, 3]
            yield _contour(name, int(place), is_hole, points, in_mm)


def _across(geometry: Geometry) -> int:
    """The index that slices fix: the one with the widest spacing; the last where none is wider."""
    spacing = np.round(geometry.spacing_mm, 3)[::-1]
    return int(2 - np.argmax(spacing))


def _lines(
    labels: NDArray[np.uint8], structures: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.float64], bool]]:
    """Structure, closed line of (column, row) and whether it bounds a hole, in a plane of labels."""
    for number, name in enumerate(structures, start=1):
        mask = labels == number
        if mask.any():
            for line in outlines(mask):
                corners = _corners(line)
                yield name, corners, _area(corners) < 0


def _corners(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """The closed line without the points on straight stretches."""
    steps = np.diff(line, axis=0)
    before, after = np.roll(steps, 1, axis=0), steps
    turns = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > 1e-9
    kept = line[:-1][turns]
    return np.vstack([kept, kept[:1]])


def _area(line: NDArray[np.float64]) -> float:
    """Signed: outer lines and lines around holes run in opposite directions."""
    x, y = line.T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _contour(
    name: str, place: int | None, is_hole: bool, points: NDArray[np.float64], in_mm: Any
) -> dict[str, Any]:
    return {
        "structure": name,
        "slice": place,
        "is_hole": is_hole,
        "points": np.round(points, _DIGITS).tolist(),
        "points_mm": None if in_mm is None else np.round(in_mm, _DIGITS).tolist(),
    }
