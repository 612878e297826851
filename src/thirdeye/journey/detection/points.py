"""Operating points of a trained detector, chosen on the images that each member had not seen."""

from __future__ import annotations

from dataclasses import replace

from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.inference.detection.manifest import (
    MANIFEST_FILE,
    DetectionManifest,
    read_detection_manifest,
)
from thirdeye.journey.detection.judging import judged_validation
from thirdeye.plan.detection.plan import DetectionPlan


def single_thresholds(plan: DetectionPlan, manifest: DetectionManifest) -> list[str]:
    """What to know of thresholds that were fixed on images which one member read, and are used with all.

    A box that only some members see has its score lowered when their boxes are joined (`fused`), so the same
    threshold gives fewer marks. Only the test part is unseen by every member, and it chooses nothing.

    Args:
        plan: says who learnt from what.
        manifest: of the reader.
    """
    count = len(manifest.members)
    if plan.validation != "cross_fitted" or count < 2:
        return []
    return [
        "The thresholds were fixed on validation images, each read by the one network that had not learnt "
        f"from it; new images are read by all {count} together, and a box that only some of them mark has "
        "its score lowered. So expect fewer marks than on validation images; the test part shows how many."
    ]


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
