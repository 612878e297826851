"""`validate --on` for landmarks: external images read as new ones are, measured as the test part is."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.inference.landmarks.measure import study_measurements
from thirdeye.journey.external.located_marks import Marks
from thirdeye.journey.landmarks.material import read_landmark_plan, read_landmarks, rows_with_points
from thirdeye.journey.landmarks.pictures import FOLDER, draw_extremes
from thirdeye.journey.landmarks.rivals import point_rivals
from thirdeye.journey.landmarks.validating import (
    NETWORK,
    Ground,
    beside,
    read_test,
    set_entry,
    table_csv,
    table_rows,
    with_places,
)
from thirdeye.journey.located.external_folder import external_folder
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
    entry, lines = set_entry(ground, cases), table_rows(name, NETWORK, cases, ground.names)
    if own is not None:
        rivals = point_rivals(
            own, read_landmarks(study, plan), rows, seed=plan.seed, tell=tell, root=dataset.root
        )
        entry |= beside(ground, cases, rows, rivals)
        for rival in rivals:
            lines += table_rows(name, rival.source, with_places(cases, rival.places), ground.names)
    entry["drawn"] = draw_extremes(
        study, dataset, cases, ground.definitions, ground.names,
        folder=external_folder(FOLDER, name),
    )  # fmt: skip
    return entry, table_csv(lines)
