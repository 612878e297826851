"""`validate` for a detection: every test image read once, lesion by lesion, beside the traditional one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.box_comparison import compare_boxes
from thirdeye.evaluation.box_evidence import box_evidence, main_point
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_reader import reader_evidence
from thirdeye.evaluation.box_set import BoxSet, box_set
from thirdeye.evaluation.boxes import HIT, REPEAT
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.threshold import read_thresholds
from thirdeye.inference.detection.detector import open_detector
from thirdeye.inference.detection.manifest import read_detection_manifest
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.detection.judging import Judged, judged_test, judged_validation
from thirdeye.journey.detection.material import read_boxes, read_detection_plan
from thirdeye.journey.detection.pictures import draw_examples
from thirdeye.journey.detection.points import single_thresholds
from thirdeye.journey.detection.traditional import SHARE, find_traditionally
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.training.event import Event, Listener

TRADITIONAL_SHARE = 0.1  # of the time budget
PREDICTIONS_COLUMNS = (
    "image", "patient", "split", "source", "class", "score", "x_min", "y_min", "x_max", "y_max", "outcome",
)  # fmt: skip
Points = Sequence[Mapping[str, Any]]


def evaluate_detection(study: Study, dataset: Dataset, *, tell: Listener) -> tuple[dict[str, Any], str]:
    """The evidence of a detection, and the table of single boxes as CSV.

    Args:
        study: with a trained reader.
        dataset: of the study.
        tell: hears how it goes.
    """
    plan = read_detection_plan(study)
    manifest = read_detection_manifest(study)
    table = read_boxes(study, plan)
    validation = judged_validation(study, dataset, table)
    held_out = validation.boxes(plan.classes)
    points: Points = manifest.operating_points or choose_box_points(held_out, seed=plan.seed)
    detector = open_detector(study, manifest, threads=usable_threads())

    def told(done: int, of: int) -> None:
        tell(Event("progress", "test images read", done / of))

    test = judged_test(dataset, table, detector.find, told=told)
    boxes = test.boxes(plan.classes)
    entries = {
        "test": set_entry(dataset, test, boxes, points, plan),
        "validation": set_entry(dataset, validation, held_out, points, plan),
    }
    entries["test"]["warnings"] += single_thresholds(plan, manifest)
    rows = table_rows("test", "network", boxes, test) + table_rows(
        "validation", "network", held_out, validation
    )
    tell(Event("stage", "Traditional technique"))
    traditional = find_traditionally(dataset, table, test, plan, seconds=SHARE * plan.budget_s, tell=tell)
    if traditional is not None:
        read = traditional.found
        how: dict[str, Any] = {"classes": plan.classes, "clusters": test.patients}
        rivals = box_set(test.with_found(read), **how)
        own = box_set([case for case in test.cases if case.name in read], **how)
        found = compare_boxes(own, rivals, seed=plan.seed)
        entries["test"]["comparisons"] = [found | {"description": traditional.description}]
        rows += table_rows("test", "traditional", rivals, test)
    entries["test"]["drawn"] = draw_examples(study, dataset, boxes, entries["test"], plan)
    document = evaluation_document(
        task=plan.task, positive=None, unit="image", classes=plan.classes, sets=entries
    )
    if traditional is not None:
        document["traditional"] = traditional.as_json()
    return document, table_csv(rows)


def set_entry(
    dataset: Dataset, judged: Judged, boxes: BoxSet, points: Points, plan: DetectionPlan
) -> dict[str, Any]:
    """The entry of one set, with other readers beside the network."""
    entry = box_evidence(
        boxes, points=points, patients=judged.patients, excluded=_excluded(dataset, judged), seed=plan.seed
    )
    main = main_point(read_thresholds(points, classes=plan.classes))
    entry["readers"] = [
        reader_evidence(
            boxes, box_set(cases, classes=plan.classes, clusters=judged.patients),
            point=main, name=f"annotator {name}", seed=plan.seed,
        )
        for name, cases in judged.others.items()
    ]  # fmt: skip
    return entry


def _excluded(dataset: Dataset, judged: Judged) -> dict[str, int]:
    """Images and boxes that take no part, by reason."""
    rows = dataset.rows
    reasons = rows.loc[rows["split"] == "excluded", "excluded_because"].value_counts()
    found = {str(why): int(n) for why, n in reasons.items()}
    if "annotated" in rows and (rows["annotated"] == "no").any():
        found["not annotated"] = int((rows["annotated"] == "no").sum())
    return found | dict(judged.left_out)


def table_rows(split: str, source: str, boxes: BoxSet, judged: Judged) -> list[list[Any]]:
    """Rows of ``predictions.csv``: every mark with what became of it, and the lesions that none met."""
    matches, patients = boxes.matches, judged.patients or {}
    words, name_of = {HIT: "hit", REPEAT: "repeat"}, matches.cases.__getitem__
    rows = [
        [name_of(case), patients.get(name_of(case), ""), split, source, boxes.classes[kind], score,
         *box, words.get(int(outcome), "false")]
        for case, kind, score, box, outcome in zip(
            matches.case, matches.kind, matches.score, matches.box, matches.outcome, strict=True
        )
    ]  # fmt: skip
    for case, kind, box, score in zip(
        matches.lesion_case, matches.lesion_class, matches.lesion_box, matches.lesion_score, strict=True
    ):
        if score != score:
            name = matches.cases[case]
            rows.append(
                [name, patients.get(name, ""), split, source, boxes.classes[kind], "", *box, "missed"]
            )
    return rows


def table_csv(rows: list[list[Any]]) -> str:
    """Content of ``predictions.csv``."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(PREDICTIONS_COLUMNS)
    for row in rows:
        writer.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in row])
    return stream.getvalue()
