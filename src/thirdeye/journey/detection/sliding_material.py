"""From the files of a detection's study to what a sliding classifier learns from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.reference import judged_rows, reference_boxes
from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.transform.sliding.settings import centres_seen
from thirdeye.transform.sliding.view import View, seen

CACHE = "runs/cache/sliding"


@dataclass(frozen=True)
class SlidingMaterial:
    """Development images as a sliding classifier sees them.

    Args:
        rows: of the dataset, numbered from 0.
        cases: of each row; the pixels are memory maps.
        sides: height and width of each image as stored.
    """

    rows: pd.DataFrame
    cases: list[SlidingCase]
    sides: list[tuple[int, int]]


def gather_sliding(
    study: Study,
    dataset: Dataset,
    regions: RegionTable,
    view: View,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> SlidingMaterial:
    """Images and objects of the training and validation part, made once and kept in the study's cache.

    Args:
        study: with a plan.
        dataset: of the study.
        regions: boxes of the dataset.
        view: what the classifier sees.
        progress: hears how many of how many are done.
    """
    rows = judged_rows(dataset, "train", "validation")
    folder = study.path(CACHE) / _identity(study, view)
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for done, reference in enumerate(rows["image"]):
        found.append(_case(folder, dataset, regions, str(reference), view))
        if progress is not None:
            progress(done + 1, len(rows))
    return SlidingMaterial(rows, [case for case, _ in found], [sides for _, sides in found])


def _case(
    folder: Path, dataset: Dataset, regions: RegionTable, reference: str, view: View
) -> tuple[SlidingCase, tuple[int, int]]:
    stem = folder / hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    if not stem.with_suffix(".json").exists():
        _make(stem, dataset, regions, reference, view)
    about = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    case = SlidingCase(
        pixels=np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False),
        centres=np.array(about["centres"], np.float64).reshape(-1, 2),
        classes=np.array(about["classes"], np.int64),
        sides=np.array(about["sides"], np.float64),
    )
    return case, (int(about["height"]), int(about["width"]))


def _make(stem: Path, dataset: Dataset, regions: RegionTable, reference: str, view: View) -> None:
    """Pixels first, the description last: a case is there when its description is."""
    image = load_image(dataset.root, reference)
    drawn = reference_boxes(
        regions, reference, (regions.annotators or ("",))[0], height=image.height, width=image.width
    )
    extents = drawn.boxes[:, 2:] - drawn.boxes[:, :2]
    about = {
        "height": image.height,
        "width": image.width,
        "centres": centres_seen(drawn.boxes, image, view).tolist(),
        "classes": (drawn.classes + 1).tolist(),
        "sides": (view.scale * extents.mean(axis=1).reshape(-1)).tolist(),
    }
    draft = stem.with_suffix(".part")
    with draft.open("wb") as file:
        np.save(file, seen(image, view), allow_pickle=False)
    draft.replace(stem.with_suffix(".npy"))
    draft.write_text(json.dumps(about), encoding="utf-8")
    draft.replace(stem.with_suffix(".json"))


def _identity(study: Study, view: View) -> str:
    parts = [study.sha256("dataset.csv"), study.sha256("regions.csv"), vars(view)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
