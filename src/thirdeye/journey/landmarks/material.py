"""From the files of a study with landmarks to the arrays that training and validation work on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable, read_regions_csv
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.pixels import load_image
from thirdeye.journey.material import PLAN_FILE
from thirdeye.plan.landmarks.file import landmark_plan_from_json
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.transform.landmarks.canvas import Canvas, Frame, placed

REGIONS_FILE = "regions.csv"
CACHE = "runs/cache/landmarks"
Places = NDArray[np.float64]


@dataclass(frozen=True)
class LandmarkMaterial:
    """Rows of one or more splits as the network sees them.

    Args:
        rows: of the dataset, those with a point.
        points: (n, p, 2) reference in pixels of the images as stored; NaN where missing.
        coarse: (channels, height, width) of each on the canvas, memory maps.
        fine: the same on the finer canvas of the second look; empty where there is none.
        frames, fine_frames: the way between image and canvas, of each.
    """

    rows: pd.DataFrame
    points: Places
    coarse: list[NDArray[np.float32]]
    fine: list[NDArray[np.float32]]
    frames: list[Frame]
    fine_frames: list[Frame]


def read_landmark_plan(study: Study) -> LandmarkPlan:
    """The plan of a study with landmarks, as it stands in the file.

    Raises:
        UsageError: a value is not allowed.
        StudyMismatch: it is missing.
    """
    return landmark_plan_from_json(study.read_json(PLAN_FILE))


def read_landmarks(study: Study, plan: LandmarkPlan) -> RegionTable:
    """The points of a study.

    Raises:
        StudyMismatch: they are missing or damaged, or bear other names than the plan's.
    """
    table = read_regions_csv(study.path(REGIONS_FILE), plan.classes)
    points = table.rows[table.rows["kind"] == "point"]
    strange = sorted(set(points["name"]) - set(plan.classes))
    if strange or points.empty:
        named = f"names '{strange[0]}', which the plan does not" if strange else "holds no point"
        raise StudyMismatch(f"{REGIONS_FILE} {named}; put it back, or plan the study again")
    return RegionTable(points.reset_index(drop=True), plan.classes)


def canvas_of(plan: LandmarkPlan) -> Canvas:
    """What images are put on under a plan."""
    height, width = plan.canvas
    return Canvas(height, width, plan.margin, plan.channels, plan.intensity)


def rows_with_points(dataset: Dataset, table: RegionTable, *splits: str) -> pd.DataFrame:
    """Rows of the named splits of which the reference marks at least one landmark, numbered from 0."""
    drawn = set(table.rows.loc[table.rows["annotator"] == table.annotators[0], "image"])
    rows = dataset.part(*splits)
    return rows[rows["image"].isin(drawn)].reset_index(drop=True)


def points_of_image(table: RegionTable, image: str, annotator: str) -> Places:
    """(p, 2) places in the order of the names; NaN where missing, the first where there are two."""
    rows = table.of(image, annotator).drop_duplicates("name").set_index("name")
    return rows.reindex(list(table.names))[["x_min", "y_min"]].to_numpy(float)


def reference_points(table: RegionTable, rows: pd.DataFrame) -> Places:
    """(n, p, 2) of the reference (the first annotator) for rows of a dataset."""
    first = table.annotators[0]
    return np.stack([points_of_image(table, image, first) for image in rows["image"]])


def gather_landmarks(
    study: Study,
    dataset: Dataset,
    table: RegionTable,
    plan: LandmarkPlan,
    *splits: str,
    progress: Callable[[int, int], None] | None = None,
) -> LandmarkMaterial:
    """Pictures on their canvases, made once and kept in the study's cache, and the points."""
    rows = rows_with_points(dataset, table, *splits)
    canvases = [canvas_of(plan)] + ([canvas_of(plan).zoomed(plan.zoom)] if plan.zoom else [])
    folder = study.path(CACHE) / _identity(study, canvases)
    folder.mkdir(parents=True, exist_ok=True)
    arrays: list[list[NDArray[np.float32]]] = [[] for _ in canvases]
    frames: list[list[Frame]] = [[] for _ in canvases]
    for done, image in enumerate(rows["image"]):
        stem = folder / hashlib.sha256(image.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        height, width = _prepared_sides(dataset, image, stem, canvases)
        for number, canvas in enumerate(canvases):
            arrays[number].append(np.load(f"{stem}.{number}.npy", mmap_mode="c", allow_pickle=False))
            frames[number].append(canvas.frame(height, width))
        if progress is not None:
            progress(done + 1, len(rows))
    fine, fine_frames = (arrays[1], frames[1]) if plan.zoom else ([], [])
    return LandmarkMaterial(rows, reference_points(table, rows), arrays[0], fine, frames[0], fine_frames)


def _prepared_sides(dataset: Dataset, image: str, stem: Path, canvases: list[Canvas]) -> tuple[int, int]:
    """Height and width of an image, after its canvases are in the cache."""
    described = Path(f"{stem}.json")
    if not described.exists():
        item: Image = load_image(dataset.root, image)
        for number, canvas in enumerate(canvases):
            draft = Path(f"{stem}.part")
            with draft.open("wb") as file:
                np.save(file, placed(item, canvas), allow_pickle=False)
            draft.replace(f"{stem}.{number}.npy")
        draft = Path(f"{stem}.part")
        draft.write_text(json.dumps([item.height, item.width]), encoding="utf-8")
        draft.replace(described)
    height, width = json.loads(described.read_text(encoding="utf-8"))
    return int(height), int(width)


def _identity(study: Study, canvases: list[Canvas]) -> str:
    parts = [study.sha256("dataset.csv"), [vars(canvas) for canvas in canvases]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
