"""Operating points of a trained detector, chosen on the images that each member had not seen."""

from __future__ import annotations

from dataclasses import replace

from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.inference.detection.manifest import MANIFEST_FILE, read_detection_manifest
from thirdeye.journey.detection.judging import judged_validation


def write_points(study: Study, dataset: Dataset, table: RegionTable, *, seed: int) -> None:
    """Choose thresholds by false positives per image and write them into ``model.json``.

    Args:
        study: with a trained detector and the detections that training held out.
        dataset, table: of the study.
        seed: of the intervals.
    """
    held_out = judged_validation(study, dataset, table)
    if not held_out.cases:
        return
    points = choose_box_points(held_out.boxes(table.names), seed=seed)
    manifest = replace(read_detection_manifest(study), operating_points=tuple(points))
    study.write_json(MANIFEST_FILE, manifest.as_json())
