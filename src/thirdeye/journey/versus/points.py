"""Two finders of landmarks on the same test images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.point_case import PointCase
from thirdeye.inference.landmarks.measure import study_measurements
from thirdeye.inference.landmarks.points import Points
from thirdeye.intake.pixels import load_image
from thirdeye.journey.landmarks.material import read_landmark_plan, read_landmarks, rows_with_points
from thirdeye.journey.landmarks.validating import Ground, compared_points, point_case
from thirdeye.journey.versus.side import Side, common_images

NETWORK = "network"


def compare_finders(first: Side, second: Side) -> dict[str, Any]:
    """An entry of "comparisons": mean distance of either from the reference, and their difference.

    Raises:
        StudyMismatch: the studies look for other landmarks, or have no image in common.
    """
    if first.plan["classes"] != second.plan["classes"]:
        raise StudyMismatch("the two studies look for other landmarks; they are of other data")
    images = common_images(first, second)
    ground = ground_of(first)
    mine, theirs = (_cases(side, images, ground) for side in (first, second))
    return compared_points(ground, mine, theirs, (first.name, second.name)) | {"unit": "image"}


def ground_of(side: Side) -> Ground:
    """What a study's landmarks are measured with."""
    plan = read_landmark_plan(side.study)
    table = read_landmarks(side.study, plan)
    return Ground(side.dataset, table, plan, study_measurements(side.study, table.names))


def _cases(side: Side, images: list[str], ground: Ground) -> list[PointCase]:
    said = dict(tuple(side.said(NETWORK).groupby("case")))
    rows = rows_with_points(ground.dataset, ground.table, "test").set_index("image", drop=False)
    return [
        point_case(
            ground, rows.loc[name], load_image(ground.dataset.root, name), _points(said[name], ground.names)
        )
        for name in images
        if name in said and name in rows.index
    ]


def _points(rows: pd.DataFrame, names: tuple[str, ...]) -> Points:
    """In the order of the names."""
    ordered = rows.set_index("landmark").reindex(list(names))
    return Points(ordered[["x", "y"]].to_numpy(np.float64), ordered["certainty"].to_numpy(np.float64))
