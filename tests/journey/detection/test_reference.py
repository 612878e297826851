from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.journey.detection.reference import (
    FLAT,
    NAMELESS,
    NO_NUMBER,
    OUTSIDE,
    TWICE,
    judged_rows,
    reference_boxes,
)

ROWS = [
    ("a", "cell", "x", 1, 2, 11, 12),
    ("a", "cell", "x", 1, 2, 11, 12),  # again
    ("a", "platelet", "x", 1, 2, 11, 12),  # the same place, another class: both may be
    ("a", "cell", "x", 50, 40, 30, 20),  # corners exchanged
    ("a", "cell", "x", -5, -5, 10, 8),  # cut at the edge
    ("a", "cell", "x", 200, 0, 210, 9),  # outside
    ("a", "cell", "x", 5, 5, 5, 9),  # flat
    ("a", "cell", "x", float("nan"), 5, 6, 9),
    ("a", "dust", "x", 5, 5, 6, 9),
    ("a", "cell", "y", 0, 0, 9, 9),
    ("b", "cell", "x", 0, 0, 9, 9),
]


def table() -> RegionTable:
    columns = ["image", "name", "annotator", "x_min", "y_min", "x_max", "y_max"]
    return RegionTable(pd.DataFrame(ROWS, columns=columns).assign(kind="box"), ("cell", "platelet"))


def test_boxes_that_cannot_be_are_left_out_and_counted() -> None:
    found = reference_boxes(table(), "a", "x", height=60, width=100)
    assert found.boxes.tolist() == [[1, 2, 11, 12], [1, 2, 11, 12], [30, 20, 50, 40], [0, 0, 10, 8]]
    assert found.classes.tolist() == [0, 1, 0, 0]
    assert found.left_out == {TWICE: 1, OUTSIDE: 1, FLAT: 1, NO_NUMBER: 1, NAMELESS: 1}


def test_no_box() -> None:
    found = reference_boxes(table(), "nowhere", "x", height=60, width=100)
    assert found.boxes.shape == (0, 4)
    assert (found.classes.dtype, dict(found.left_out)) == (np.int64, {})


def test_an_image_that_nobody_annotated_is_not_one_with_nothing_in_it() -> None:
    rows = pd.DataFrame(
        {"image": ["a", "b", "c"], "split": ["test", "test", "train"], "annotated": ["yes", "no", "yes"]}
    )
    dataset = Dataset(Path(), rows, "detection", ("cell",), None, "image", "drawn")
    assert judged_rows(dataset, "test")["image"].tolist() == ["a"]
    assert judged_rows(dataset, "test", "train").index.tolist() == [0, 1]
    without = Dataset(Path(), rows.drop(columns="annotated"), "detection", ("cell",), None, "image", "drawn")
    assert judged_rows(without, "test")["image"].tolist() == ["a", "b"]
