"""`validate --on` for a detection: external images read as new ones are, at the thresholds fixed before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.evaluation.box_comparison import compare_boxes
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_set import box_set
from thirdeye.inference.detection.detector import open_detector
from thirdeye.inference.detection.manifest import read_detection_manifest
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.detection.judging import judged_test, judged_validation
from thirdeye.journey.detection.material import read_boxes, read_detection_plan
from thirdeye.journey.detection.pictures import FOLDER, draw_examples
from thirdeye.journey.detection.points import single_thresholds
from thirdeye.journey.detection.traditional import SHARE, find_traditionally
from thirdeye.journey.detection.validating import set_entry, table_csv, table_rows
from thirdeye.journey.external.located_marks import Marks
from thirdeye.journey.located.external_folder import external_folder
from thirdeye.training.event import Event, Listener

Rows = list[list[Any]]


def boxes_measured(
    study: Study, dataset: Dataset, marks: Marks, *, name: str, own: Dataset | None, tell: Listener
) -> tuple[dict[str, Any], str]:
    """The entry of an external set, and its single boxes as CSV; arguments as of `ElsewhereVerb`.

    Raises:
        DataRefused: no image is left.
    """
    plan, manifest = read_detection_plan(study), read_detection_manifest(study)
    if marks.regions is None or dataset.part("test").empty:
        raise DataRefused("no external image has boxes that can be judged")
    points: Sequence[Any] = manifest.operating_points
    if not points and own is not None:
        held_out = judged_validation(study, own, read_boxes(study, plan)).boxes(plan.classes)
        points = choose_box_points(held_out, seed=plan.seed)
    detector = open_detector(study, manifest, threads=usable_threads())

    def told(done: int, of: int) -> None:
        tell(Event("progress", "external images read", done / of))

    judged = judged_test(dataset, marks.regions, detector.find, told=told)
    boxes = judged.boxes(plan.classes)
    entry = set_entry(dataset, judged, boxes, points, plan)
    entry["drawn"] = draw_examples(study, dataset, boxes, entry, plan, folder=external_folder(FOLDER, name))
    entry["warnings"] += single_thresholds(plan, manifest)
    rows = table_rows(name, "network", boxes, judged)
    if own is not None:
        traditional = find_traditionally(
            own, read_boxes(study, plan), judged, plan, seconds=SHARE * plan.budget_s, tell=tell,
            root=dataset.root,
        )  # fmt: skip
        if traditional is not None:
            how: dict[str, Any] = {"classes": plan.classes, "clusters": judged.patients}
            rivals = box_set(judged.with_found(traditional.found), **how)
            mine = box_set([case for case in judged.cases if case.name in traditional.found], **how)
            compared = compare_boxes(mine, rivals, seed=plan.seed)
            entry["comparisons"] = [compared | {"description": traditional.description}]
            rows += table_rows(name, "traditional", rivals, judged)
    if marks.match.missing:
        entry["warnings"].append(
            f"The data have no box of {', '.join(marks.match.missing)}: whatever the network marks as such "
            "counts as a false alarm, also where nobody looked for it."
        )
    return entry, table_csv(rows)
