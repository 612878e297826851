"""One segment or structure as a mask, on exactly the voxels of the images that it was drawn on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dicom.drawn import drawn_mask, segments_in
from thirdeye.dicom.folder_index import FolderIndex, index_of
from thirdeye.dicom.multiframe import by_place, frame_planes
from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.planes import Plane, affine_of, pile_up
from thirdeye.dicom.segmentation import Grid

MASK_PARTS = 3


def read_mask(folder: Path, name: str, keys: str) -> Image | Volume:
    """The mask that ``folder#series=SOURCE,SEGMENTATION,NUMBER`` means; 1 where the segment is, 0 elsewhere.

    Args:
        folder: the images and the segmentation lie in it or below it.
        name: reference, for messages.
        keys: key of the series (or stack, or single image), key of the segmentation's SOP instance UID, and
            number of the segment, with commas between them.

    Returns:
        A volume with the geometry of the series; an image (uint8) where the source is one image.

    Raises:
        UnreadableFile: one of them is not there, the images are no volume, or the mask lies on another grid.
    """
    with reasons(name):
        parts = keys.split(",")
        if len(parts) != MASK_PARTS or not parts[2].isdigit():
            raise ValueError(
                f"is named by '{keys}'; expected the keys of series and segmentation, and a number"
            )
        index = index_of(folder)
        header = index.file(parts[1])
        if header is None:
            raise ValueError(f"holds no segmentation '{parts[1]}'")
        grid = source_grid(folder, index, parts[0])
        dataset = open_dataset(folder / header.file, header.file)
        voxels = drawn_mask(dataset, int(parts[2]), grid)
        told = {"format": "DICOM", "segment": _name(dataset, int(parts[2]))}
        if grid.shape[2] == 1:
            return Image(np.ascontiguousarray(voxels[:, :, 0].T), 8, name, modality="SEG", attributes=told)
        if grid.affine is None:
            raise ValueError("was drawn on images without a place in space")
        return Volume(voxels, Geometry(grid.affine), name, "SEG", told)


def _name(dataset: object, number: int) -> str:
    return next(segment.name for segment in segments_in(dataset) if segment.number == number)


def source_grid(folder: Path, index: FolderIndex, key: str) -> Grid:
    """The grid of a series, of a multi-frame file, or of a single image.

    Raises:
        ValueError: it is not there, or its slices are no grid.
    """
    single = index.file(key)
    if single is not None and single.frames > 1:
        return _grid_of_frames(folder / single.file)
    if single is not None:
        affine = affine_of(single.plane, single.plane.normal) if single.plane else None
        return Grid((single.width, single.height, 1), affine, single.sop_uid)
    stack = index.stack(key)
    first = stack.headers[0]
    if stack.pile is None or first.plane is None or not stack.pile.is_grid:
        raise ValueError("was drawn on images that are no volume")
    shape = (first.width, first.height, len(stack.headers))
    return Grid(shape, affine_of(first.plane, stack.pile.step_mm))


def _grid_of_frames(path: Path) -> Grid:
    dataset = open_dataset(path, path.name)
    planes: tuple[Plane, ...] | None = frame_planes(dataset)
    if planes is None:
        raise ValueError("was drawn on frames without a place in space")
    unique = [planes[place[0]] for place in by_place(dataset, planes)]
    pile = pile_up(unique)
    if not pile.is_grid:
        raise ValueError("was drawn on frames that are no volume")
    shape = (int(dataset.Columns), int(dataset.Rows), len(unique))
    return Grid(shape, affine_of(unique[pile.order[0]], pile.step_mm))
