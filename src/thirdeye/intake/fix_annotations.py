"""Masks, boxes and points in a new table of cases, one row each, as the layouts of tables read them."""

from __future__ import annotations

import pandas as pd

from thirdeye.intake.collection import Collection
from thirdeye.intake.region_columns import size_columns

MASK_VALUES = "mask_values"
_EDGES = ("x_min", "y_min", "x_max", "y_max")


def with_annotations(rows: pd.DataFrame, collection: Collection) -> pd.DataFrame:
    """The rows with the annotations of their images; an image without any keeps one row.

    Columns that state the size of the picture that was annotated are dropped: coordinates are in pixels of
    the files now.

    Args:
        rows: core columns first, references as in the collection.
        collection: where the annotations are.
    """
    if collection.task == "segmentation":
        masks = collection.masks.rename(columns={"name": "mask_name"})
        values = ";".join(f"{value}={name}" for value, name in collection.mask_values.items())
        return _joined(rows, masks.drop_duplicates()).assign(**{MASK_VALUES: values})
    if collection.task == "detection":
        boxes = collection.regions[collection.regions["kind"] == "box"]
        boxes = boxes.rename(columns={"name": "label"}).drop(columns="kind")
        return _joined(_plain(rows).drop(columns="label"), boxes)
    if collection.task == "landmarks":
        points = collection.regions[collection.regions["kind"] == "point"]
        points = points.rename(columns={"name": "landmark", "x_min": "x", "y_min": "y"})
        return _joined(_plain(rows), points[["image", "landmark", "x", "y", "annotator"]])
    return rows


def values_of(text: str) -> dict[str, str]:
    """``"1=liver;2=tumour"`` as value to name."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {value.strip(): name.strip() for value, _, name in pairs}


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Without columns of an earlier table that would be taken for coordinates or sizes."""
    taken = {*_EDGES, "x", "y", "annotator", "landmark", *(size_columns(list(rows.columns)) or ())}
    return rows.drop(columns=[column for column in rows.columns if column in taken])


def _joined(rows: pd.DataFrame, annotations: pd.DataFrame) -> pd.DataFrame:
    """One row per annotation, in the order of the rows; remarks stay last."""
    clash = [column for column in annotations.columns if column in rows and column != "image"]
    joined = rows.drop(columns=clash).merge(annotations, on="image", how="left", sort=False)
    joined = joined.astype(object).where(joined.notna(), "")
    return joined[[*(c for c in joined.columns if c != rows.columns[-1]), rows.columns[-1]]]
