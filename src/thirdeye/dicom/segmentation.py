"""Segmentation objects (SEG, PS3.3 A.51): their segments, and one of them on the grid of its series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.groups import frame_header, number_of_frames
from thirdeye.dicom.guard import check_before_decoding
from thirdeye.dicom.planes import affine_of, plane_of

_OFF_GRID = 0.1  # voxels by which a pixel of the mask may miss the voxel that it stands for
_HALF = 0.5


@dataclass(frozen=True)
class Segment:
    """One structure.

    Args:
        number: from 1.
        name: meaning of its coded property ("Liver"); its label where the codes of several are the same.
    """

    number: int
    name: str


@dataclass(frozen=True)
class Grid:
    """Voxels that a mask is laid on.

    Args:
        shape: (I, J, K).
        affine: (4, 4) RAS+, see `thirdeye.case.geometry.Geometry`; None of an image without a place.
        instance_uid: of the only image, where the grid is one image; "" otherwise.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64] | None
    instance_uid: str = ""


def segments_of(dataset: Any) -> tuple[Segment, ...]:
    """The segments of a dataset.

    Raises:
        ValueError: it has none.
    """
    items = dataset.get("SegmentSequence")
    if not items:
        raise ValueError("is no segmentation: it names no segments")
    meanings = [_meaning(item) for item in items]
    shared = {meaning for meaning, count in Counter(meanings).items() if count > 1}
    return tuple(
        Segment(
            int(item.SegmentNumber), _label(item) or meaning if meaning in shared else meaning or _label(item)
        )
        for item, meaning in zip(items, meanings, strict=True)
    )


def _meaning(item: Any) -> str:
    codes = item.get("SegmentedPropertyTypeCodeSequence")
    return _plain(codes[0].get("CodeMeaning")) if codes else ""


def _label(item: Any) -> str:
    return _plain(item.get("SegmentLabel")) or f"segment {item.get('SegmentNumber')}"


def _plain(value: Any) -> str:
    return "".join(c for c in str(value or "").strip()[:64] if c.isprintable())


def segment_mask(dataset: Any, number: int, grid: Grid) -> NDArray[np.uint8]:
    """One segment on a grid: (I, J, K), 1 where it is, 0 elsewhere.

    Each pixel goes to the voxel that lies where it lies; nothing is interpolated. Of a fractional
    segmentation, pixels of at least half its largest value count.

    Args:
        dataset: an opened segmentation.
        number: of the segment.
        grid: of the images that it was drawn on.

    Raises:
        ValueError: there is no such segment, it lies on another grid, or reaches outside.
    """
    check_before_decoding(dataset)
    if number not in {segment.number for segment in segments_of(dataset)}:
        raise ValueError(f"has no segment {number}")
    mask = np.zeros(grid.shape, np.uint8)
    for header, marked in _marked_frames(dataset, number):
        row, column = np.nonzero(marked)
        if not row.size:
            continue
        at = _voxels(header, grid, marked.shape)
        places = np.rint(at @ np.stack([column, row, np.ones_like(row)])).astype(np.intp)
        if (places < 0).any() or (places >= np.array(grid.shape)[:, None]).any():
            raise ValueError("reaches outside the images that it was drawn on")
        mask[tuple(places)] = 1
    return mask


def _marked_frames(dataset: Any, number: int) -> Iterator[tuple[Any, NDArray[np.bool_]]]:
    """Frames of a segment with their flat headers, True where it is."""
    is_labelmap = str(dataset.get("SegmentationType", "")) == "LABELMAP"
    fractional = str(dataset.get("SegmentationType", "")) == "FRACTIONAL"
    least = _HALF * float(dataset.get("MaximumFractionalValue") or 1) if fractional else _HALF
    for index in range(number_of_frames(dataset)):
        header = frame_header(dataset, index)
        if not is_labelmap and int(header.get("ReferencedSegmentNumber") or 1) != number:
            continue
        values: NDArray[Any] = stored_values(dataset, index)
        yield header, values == number if is_labelmap else values >= least


def _voxels(header: Any, grid: Grid, size: tuple[int, ...]) -> NDArray[np.float64]:
    """(3, 3): takes (column, row, 1) of a frame to a voxel (i, j, k) of the grid."""
    plane = plane_of(header)
    if grid.affine is None or plane is None:
        return _same_pixels(header, grid, size)
    to_ras = affine_of(plane, plane.normal)[:, [0, 1, 3]]  # (4, 3): a pixel to its place
    at: NDArray[np.float64] = (np.linalg.inv(grid.affine) @ to_ras)[:3]
    corners = np.array([[0, size[1] - 1, 0, size[1] - 1], [0, 0, size[0] - 1, size[0] - 1], [1, 1, 1, 1]])
    places = at @ corners
    if np.abs(places - np.rint(places)).max() > _OFF_GRID:
        raise ValueError("lies on another grid than the images that it was drawn on")
    return at


def _same_pixels(header: Any, grid: Grid, size: tuple[int, ...]) -> NDArray[np.float64]:
    """Without places, a frame fits an image of its size that it refers to."""
    uids = {str(item.get("ReferencedSOPInstanceUID", "")) for item in header.get("SourceImageSequence") or ()}
    if grid.shape != (size[1], size[0], 1) or (uids and grid.instance_uid not in uids):
        raise ValueError("has no places in space, and is not of the size of its image")
    return np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 0]])
