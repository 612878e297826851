"""From the files of a detection's study to what a detector learns from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable, read_regions_csv
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.reference import ReferenceBoxes, judged_rows, reference_boxes
from thirdeye.journey.material import PLAN_FILE
from thirdeye.plan.detection.file import detection_plan_from_json
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.training.detection.case import DetectionCase, stored
from thirdeye.transform.dense.prepare import Preparation, prepared

REGIONS_FILE = "regions.csv"
CACHE = "runs/cache/detection"
COLOURS = 3  # channels of the backbone; grey is repeated


@dataclass(frozen=True)
class DetectionMaterial:
    """Development images as a detector sees them.

    Args:
        rows: of the dataset, numbered from 0.
        cases: of each row; the pixels are memory maps.
        own_sides: (height, width) of each image as stored.
        left_out: reason to number of boxes that are not learnt from.
    """

    rows: pd.DataFrame
    cases: list[DetectionCase]
    own_sides: list[tuple[int, int]]
    left_out: Mapping[str, int]


def read_detection_plan(study: Study) -> DetectionPlan:
    """The plan of a detection, as it stands in the file.

    Raises:
        UsageError: a value is not allowed.
        StudyMismatch: it is missing.
    """
    return detection_plan_from_json(study.read_json(PLAN_FILE))


def read_boxes(study: Study, plan: DetectionPlan) -> RegionTable:
    """The boxes of a study.

    Raises:
        StudyMismatch: they are missing or damaged, or bear other names than the plan's.
    """
    table = read_regions_csv(study.path(REGIONS_FILE), plan.classes)
    strange = sorted(set(table.rows["name"]) - set(plan.classes))
    if strange:
        raise StudyMismatch(
            f"{REGIONS_FILE} names '{strange[0]}', which plan.json does not; put it back, or plan again"
        )
    return table


def preparation_of(plan: DetectionPlan) -> Preparation:
    """How images are prepared under a plan."""
    return Preparation(2, COLOURS, plan.intensity, longest_px=plan.longest_px or None)


def gather_detection(
    study: Study,
    dataset: Dataset,
    table: RegionTable,
    plan: DetectionPlan,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> DetectionMaterial:
    """Images and boxes of the training and validation part, made once and kept in the study's cache."""
    rows = judged_rows(dataset, "train", "validation")
    how = preparation_of(plan)
    folder = study.path(CACHE) / _identity(study, how)
    folder.mkdir(parents=True, exist_ok=True)
    cases, sides, left_out = [], [], Counter[str]()
    for done, reference in enumerate(rows["image"]):
        path, own = _kept(folder, dataset, str(reference), how)
        pixels = np.load(path, mmap_mode="r", allow_pickle=False)
        drawn = reference_boxes(
            table, str(reference), (table.annotators or ("",))[0], height=own[0], width=own[1]
        )
        cases.append(_case(pixels, drawn, own))
        sides.append(own)
        left_out.update(drawn.left_out)
        if progress is not None:
            progress(done + 1, len(rows))
    return DetectionMaterial(rows, cases, sides, dict(left_out))


def _case(pixels: np.ndarray, drawn: ReferenceBoxes, own: tuple[int, int]) -> DetectionCase:
    """Boxes in pixels of the prepared image."""
    factor = np.array([pixels.shape[1] / own[1], pixels.shape[0] / own[0]] * 2)
    return DetectionCase(pixels, (drawn.boxes * factor).astype(np.float32), drawn.classes)


def _kept(folder: Path, dataset: Dataset, reference: str, how: Preparation) -> tuple[Path, tuple[int, int]]:
    """File of a prepared image, and (height, width) of the image as stored."""
    stem = folder / hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    pixels, about = stem.with_suffix(".npy"), stem.with_suffix(".json")
    if not about.exists():
        _make(pixels, about, load_image(dataset.root, reference), how)
    height, width = json.loads(about.read_text(encoding="utf-8"))
    return pixels, (int(height), int(width))


def _make(pixels: Path, about: Path, image: Image, how: Preparation) -> None:
    """Pixels first, the description last: an image is there when its description is."""
    draft = pixels.with_suffix(".part")
    with draft.open("wb") as file:
        np.save(
            file, stored(prepared(image, how).array, in_range=how.intensity == "range"), allow_pickle=False
        )
    draft.replace(pixels)
    draft.write_text(json.dumps([image.height, image.width]), encoding="utf-8")
    draft.replace(about)


def _identity(study: Study, how: Preparation) -> str:
    parts = [study.sha256("dataset.csv"), vars(how)]
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]
