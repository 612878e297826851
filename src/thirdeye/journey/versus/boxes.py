"""Two detectors on the same test images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.box_comparison import compare_boxes
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.boxes import BoxCase
from thirdeye.inference.detection.detections import Detections
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.judging import boxes_of
from thirdeye.journey.detection.material import read_boxes, read_detection_plan
from thirdeye.journey.detection.reference import EDGES, ReferenceBoxes, judged_rows, reference_boxes
from thirdeye.journey.versus.side import Side, common_images

NETWORK, MISSED = "network", "missed"


def compare_detectors(first: Side, second: Side, *, seed: int) -> dict[str, Any]:
    """An entry of "comparisons": FROC score and AP50 of either, and their difference, on the same images.

    Raises:
        StudyMismatch: the studies look for other things, or have no image in common.
    """
    classes = first.plan["classes"]
    if classes != second.plan["classes"]:
        raise StudyMismatch("the two studies look for other things; they are of other data")
    truths = _truths(first, set(common_images(first, second)))
    rows = first.dataset.part("test")
    known = dict(zip(rows["image"], rows["patient"].astype(str), strict=True))
    clusters = {name: known[name] for name in truths} if first.patients_known else None
    mine, theirs = (
        box_set(_cases(truths, side, classes), classes=classes, clusters=clusters) for side in (first, second)
    )
    return compare_boxes(mine, theirs, names=(first.name, second.name), seed=seed) | {"unit": "image"}


def _truths(side: Side, images: set[str]) -> dict[str, ReferenceBoxes]:
    """What the first annotator drew, as the evidence of the study takes it."""
    table = read_boxes(side.study, read_detection_plan(side.study))
    annotator = (table.annotators or ("",))[0]
    found = {}
    for name in judged_rows(side.dataset, "test")["image"]:
        if name in images:
            image = load_image(side.dataset.root, name)
            found[name] = reference_boxes(table, name, annotator, height=image.height, width=image.width)
    return found


def _cases(truths: dict[str, ReferenceBoxes], side: Side, classes: list[str]) -> list[BoxCase]:
    rows = side.said(NETWORK)
    marks = dict(tuple(rows[rows["outcome"] != MISSED].groupby("image")))
    return [boxes_of(name, truth, _marks(marks.get(name), classes)) for name, truth in truths.items()]


def _marks(rows: pd.DataFrame | None, classes: list[str]) -> Detections:
    if rows is None:
        return Detections.none()
    codes = rows["class"].map({name: code for code, name in enumerate(classes)}).to_numpy(np.int64)
    return Detections.ordered(rows[EDGES].to_numpy(np.float64), rows["score"].to_numpy(np.float64), codes)
