"""The boxes that a person drew, as learning and judging take them; those that cannot be are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset

EDGES = ["x_min", "y_min", "x_max", "y_max"]
NO_NUMBER = "a box with a coordinate that is no number"
FLAT = "a box without width or height"
OUTSIDE = "a box outside its image"
NAMELESS = "a box of a class that is not looked for"
TWICE = "a box drawn twice"


@dataclass(frozen=True)
class ReferenceBoxes:
    """Boxes of one annotator in one image.

    Args:
        boxes: (n, 4) x_min, y_min, x_max, y_max, with extent, inside the image.
        classes: (n,) place of the name among those that are looked for.
        left_out: reason to number of boxes that are not among them.
    """

    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    left_out: Mapping[str, int]


def reference_boxes(
    table: RegionTable, image: str, annotator: str, *, height: int, width: int
) -> ReferenceBoxes:
    """What one annotator drew in an image.

    Exchanged corners are put right and boxes are cut at the edge of the image. Left out are boxes with a
    coordinate that is no number, without extent, outside the image, of an unknown class, and repeats of one
    and the same box.

    Args:
        table: of the study.
        image: its reference.
        annotator: who drew.
        height, width: of the image as stored, in pixels.
    """
    rows = table.of(image, annotator)
    rows = rows[rows["kind"] == "box"]
    edges = rows[EDGES].to_numpy(np.float64).reshape(-1, 4)
    codes = (
        rows["name"].map({name: code for code, name in enumerate(table.names)}).fillna(-1).to_numpy(np.int64)
    )
    return usable_boxes(edges, codes, height=height, width=width)


def usable_boxes(
    edges: NDArray[np.float64], codes: NDArray[np.int64], *, height: int, width: int
) -> ReferenceBoxes:
    """As `reference_boxes`, from (n, 4) edges and (n,) codes of classes, -1 where unknown."""
    numbers: NDArray[np.bool_] = np.asarray(np.isfinite(edges).all(axis=1))
    held = np.where(numbers[:, None], edges, 0.0)
    low, high = np.minimum(held[:, :2], held[:, 2:]), np.maximum(held[:, :2], held[:, 2:])
    sides = np.array([width, height], np.float64)
    cut = np.column_stack([low.clip(0, sides), high.clip(0, sides)])
    reasons = np.select(
        [
            ~numbers, (high <= low).any(axis=1), (cut[:, 2:] <= cut[:, :2]).any(axis=1), codes < 0,
            _repeated(cut, codes),
        ],
        [NO_NUMBER, FLAT, OUTSIDE, NAMELESS, TWICE], "",
    )  # fmt: skip
    kept = reasons == ""
    return ReferenceBoxes(cut[kept], codes[kept], dict(Counter(reasons[~kept].tolist())))


def _repeated(boxes: NDArray[np.float64], codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    return pd.DataFrame(np.column_stack([boxes, codes])).duplicated().to_numpy(bool)


def judged_rows(dataset: Dataset, *splits: str) -> pd.DataFrame:
    """Rows of the named splits that somebody annotated, numbered from 0.

    An image in which nothing was found belongs to them; one that no annotation file names does not.
    """
    rows = dataset.part(*splits)
    if "annotated" in rows:
        rows = rows[rows["annotated"] != "no"]
    return rows.reset_index(drop=True)
