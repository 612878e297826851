"""`validate --on` for landmarks: external images read as new ones are, measured as the test part is."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.inference.landmarks.measure import study_measurements
from thirdeye.journey.external.located_marks import Marks
from thirdeye.journey.landmarks.material import read_landmark_plan, rows_with_points
from thirdeye.journey.landmarks.validating import NETWORK, Ground, read_test, set_entry, table_csv, table_rows
from thirdeye.training.event import Listener


def points_measured(
    study: Study, dataset: Dataset, marks: Marks, *, name: str, own: Dataset | None, tell: Listener
) -> tuple[dict[str, Any], str]:
    """The entry of an external set, and its single points as CSV; arguments as of `ElsewhereVerb`.

    Raises:
        DataRefused: no image is left.
    """
    plan = read_landmark_plan(study)
    if marks.regions is None or marks.regions.rows.empty:
        raise DataRefused("the external data hold no point that the reader knows")
    ground = Ground(dataset, marks.regions, plan, study_measurements(study, marks.regions.names))
    rows = rows_with_points(dataset, marks.regions, "test")
    if rows.empty:
        raise DataRefused("no external image has a point that can be measured")
    cases = list(read_test(study, ground, rows, tell))
    return set_entry(ground, cases), table_csv(table_rows(name, NETWORK, cases, ground.names))
