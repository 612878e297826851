"""What was drawn on images, whether as a segmentation or as a structure set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.segmentation import Grid, Segment, segment_mask, segments_of
from thirdeye.dicom.structure_set import structure_mask, structures_of


def read_segments(path: Path, name: str) -> tuple[Segment, ...]:
    """The segments or structures of a file.

    Raises:
        UnreadableFile: damaged, or without any.
    """
    with reasons(name):
        return segments_in(open_dataset(path, name))


def segments_in(dataset: Any) -> tuple[Segment, ...]:
    """As `read_segments`, of an opened dataset; raises ValueError."""
    return structures_of(dataset) if _has_contours(dataset) else segments_of(dataset)


def drawn_mask(dataset: Any, number: int, grid: Grid) -> NDArray[np.uint8]:
    """One of them on a grid; see `segment_mask` and `structure_mask`."""
    if _has_contours(dataset):
        return structure_mask(dataset, number, grid)
    return segment_mask(dataset, number, grid)


def _has_contours(dataset: Any) -> bool:
    return str(dataset.get("Modality", "")) == "RTSTRUCT"
