"""Boxes from masks: each connected piece of a mask is one thing to be found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.errors import DataRefused
from thirdeye.intake.collection import REGION_COLUMNS, Collection
from thirdeye.intake.label_map import label_map
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.structures import structures_of
from thirdeye.intake.words import counted

LEAST_PIXELS = 4  # smaller pieces are specks of drawing or compression
SEPARATOR = "|"


def with_boxes_of_masks(collection: Collection, facts: pd.DataFrame) -> Collection:
    """A collection with masks as one with boxes.

    Pieces that touch at a corner are one. The labels of the images become the kinds of things in them.

    Args:
        collection: with masks and without boxes.
        facts: of every image, indexed by reference (`Examination.facts`).

    Raises:
        DataRefused: the images are volumes, or no mask marks anything.
        UnreadableFile: a mask is damaged.
    """
    structures = structures_of(collection, facts_of_masks(collection))
    table = MaskTable(collection.masks, structures)
    rows: list[tuple[Any, ...]] = []
    specks = 0
    for (image, annotator), _ in collection.masks.groupby(["image", "annotator"], sort=False):
        if image not in facts.index or facts.loc[image, "error"]:
            continue
        if facts.loc[image, "kind"] != "image":
            raise DataRefused("boxes are learnt in images; these masks lie on volumes: --task segmentation")
        sides = (int(facts.loc[image, "height"]), int(facts.loc[image, "width"]))
        numbers = label_map(collection.root, table.of(image, annotator), structures, sides).numbers
        found, small = boxes_of_labels(numbers, structures.names)
        specks += small
        rows += [(image, "box", name, annotator, *edges) for name, edges in found]
    if not rows:
        raise DataRefused("no mask marks anything; check that the masks belong to these images")
    regions = pd.DataFrame(rows, columns=list(REGION_COLUMNS))
    said = [f"Each connected piece of a mask is a box: {counted(len(rows), 'box', 'boxes')}."]
    if specks:
        said.append(f"{counted(specks, 'piece')} below {LEAST_PIXELS} pixels were left out.")
    return replace(
        collection, regions=regions, classes=structures.names,
        rows=with_presence(collection.rows, RegionTable(regions, structures.names)),
        understood=(*collection.understood, *said),
    )  # fmt: skip


def boxes_of_labels(
    numbers: NDArray[np.uint8], names: tuple[str, ...]
) -> tuple[list[tuple[str, tuple[float, float, float, float]]], int]:
    """Name and edges (x_min, y_min, x_max, y_max) of each piece, and how many were too small.

    Args:
        numbers: (H, W) label map, 0 background.
        names: of the structures from number 1.
    """
    from scipy import ndimage

    found, specks = [], 0
    for number, name in enumerate(names, 1):
        pieces, _ = ndimage.label(numbers == number, np.ones((3, 3)))
        sizes = np.bincount(pieces.ravel())
        for piece, place in enumerate(ndimage.find_objects(pieces), 1):
            if sizes[piece] < LEAST_PIXELS:
                specks += 1
                continue
            rows, columns = place
            edges = (columns.start, rows.start, columns.stop, rows.stop)
            found.append((name, (float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3]))))
    return found, specks


def with_presence(rows: pd.DataFrame, table: RegionTable) -> pd.DataFrame:
    """Rows whose label is what the reference marks in the image: parts are balanced by it.

    Args:
        rows: of a collection.
        table: its boxes; the names joined by ``|`` become the label.
    """
    first = table.annotators[0]
    own = table.rows[table.rows["annotator"] == first].groupby("image")["name"].agg(set).to_dict()
    joined = [
        SEPARATOR.join(name for name in table.names if name in own.get(image, ())) for image in rows["image"]
    ]
    return rows.assign(label=joined)


def needs_masks(collection: Collection) -> bool:
    """Whether boxes have to come from masks."""
    return not (collection.regions["kind"] == "box").any() and len(collection.masks) > 0
