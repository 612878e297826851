"""From the files of a segmentation's study to the arrays that training and validation work on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.dataset.fields_file import read_fields_csv
from thirdeye.dataset.masks_file import MaskTable, read_masks_csv
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.joined import load_channels
from thirdeye.intake.label_map import label_map
from thirdeye.intake.structures import Structures
from thirdeye.journey.dense.channels import files_of_case, first_channels
from thirdeye.journey.identity import annotation_hashes, masks_key
from thirdeye.plan.dense.file import dense_plan_from_json
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.transform.dense.prepare import IGNORED, Preparation, prepared, prepared_labels
from thirdeye.transform.dense.windows import Windows

MASKS_FILE = "masks.csv"
STRUCTURES_FILE = "structures.json"
FIELDS_FILE = "fields.csv"
CACHE = "runs/cache/dense"
PLAN_FILE = "plan.json"


@dataclass(frozen=True)
class DenseMaterial:
    """Rows of one or more splits as the network sees them.

    Args:
        rows: of the dataset, those with a mask.
        images: (C, ...) of each, memory maps.
        targets: (...) uint8 of each, memory maps.
    """

    rows: pd.DataFrame
    images: list[NDArray[np.float32]]
    targets: list[NDArray[np.uint8]]


def read_dense_plan(study: Study) -> DensePlan:
    """The plan of a segmentation, as it stands in the file.

    Raises:
        UsageError: a value is not allowed.
        StudyMismatch: it is missing, or names other structures than the study's masks.
    """
    plan = dense_plan_from_json(study.read_json(PLAN_FILE))
    names = read_structures(study).names
    if plan.classes != names:
        raise StudyMismatch(
            f"plan.json names the structures {', '.join(plan.classes)}, structures.json {', '.join(names)}; "
            "put it back, or plan again"
        )
    return plan


def preparation_of(plan: DensePlan) -> Preparation:
    """How images are prepared under a plan."""
    window, spacing = plan.window, plan.spacing_mm
    return Preparation(
        axes=plan.axes,
        channels=plan.channels,
        intensity=plan.intensity,
        window=(window[0], window[1], window[2], window[3]) if len(window) == 4 else None,
        spacing_mm=(spacing[0], spacing[1], spacing[2]) if len(spacing) == 3 else None,
        longest_px=plan.longest_px or None,
        neighbours=plan.neighbours,
        thick_axis=plan.thick_axis,
        corrections=plan.corrections,
    )


def windows_of(plan: DensePlan) -> Windows:
    """In which windows images are read under a plan."""
    return Windows(plan.patch, plan.overlap, margin=plan.margin if any(plan.margin) else ())


def write_structures(study: Study, structures: Structures) -> None:
    """Names and values of what the masks mark."""
    study.write_json(
        STRUCTURES_FILE, {"version": 1, "names": list(structures.names), "values": dict(structures.values)}
    )


def read_structures(study: Study) -> Structures:
    """What `write_structures` wrote.

    Raises:
        StudyMismatch: it is missing or damaged.
    """
    content = study.read_json(STRUCTURES_FILE)
    try:
        return Structures(tuple(content["names"]), {str(k): int(v) for k, v in content["values"].items()})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyMismatch(f"{STRUCTURES_FILE} is damaged ({error}); plan the study again") from error


def read_masks(study: Study) -> MaskTable:
    """The masks of a study."""
    return read_masks_csv(study.path(MASKS_FILE), read_structures(study))


def own_labels(
    dataset: Dataset, masks: MaskTable, image: str, item: Image | Volume, annotator: str
) -> NDArray[np.uint8]:
    """What one annotator marked in an image, on the image's own grid."""
    sides = (item.height, item.width) if isinstance(item, Image) else item.voxels.shape[:3]
    return label_map(dataset.root, masks.of(image, annotator), masks.structures, sides).numbers


def read_fields(study: Study) -> dict[str, str]:
    """Image to the mask that says where the picture is in it; empty where the data say nothing."""
    return read_fields_csv(study.path(FIELDS_FILE))


def own_field(
    dataset: Dataset, fields: Mapping[str, str], image: str, item: Image | Volume
) -> NDArray[np.bool_] | None:
    """Where the picture is, on the image's own grid; None: everywhere."""
    if image not in fields:
        return None
    sides = (item.height, item.width) if isinstance(item, Image) else item.voxels.shape[:3]
    return label_map(dataset.root, [(fields[image], "")], Structures(("picture",)), sides).numbers > 0


def load_item(dataset: Dataset, image: str) -> Image | Volume:
    """An image or volume of a dataset, with the channels of its case that lie in other files.

    Raises:
        UnreadableFile: it is damaged, a signal, or its channels do not lie on one grid.
    """
    return load_channels(dataset.root, files_of_case(dataset, image))


def rows_with_masks(dataset: Dataset, masks: MaskTable, *splits: str) -> pd.DataFrame:
    """Rows of the named splits whose reference there is, numbered from 0.

    Of a case with a file per channel the first one stands for all; cases that lack a channel are left out.
    """
    drawn = set(masks.rows.loc[masks.rows["annotator"] == masks.annotators[0], "image"])
    rows = first_channels(dataset, dataset.part(*splits))
    return rows[rows["image"].isin(drawn)].reset_index(drop=True)


def gather_dense(
    study: Study,
    dataset: Dataset,
    masks: MaskTable,
    plan: DensePlan,
    *splits: str,
    progress: Callable[[int, int], None] | None = None,
) -> DenseMaterial:
    """Arrays and label maps of the named splits, made once and kept in the study's cache.

    Outside the field of view label maps are `IGNORED`.
    """
    annotator, fields = masks.annotators[0], read_fields(study)
    rows = rows_with_masks(dataset, masks, *splits)
    how = preparation_of(plan)
    folder = study.path(CACHE) / _identity(study, dataset.root, how)
    folder.mkdir(parents=True, exist_ok=True)
    images, targets = [], []
    for done, image in enumerate(rows["image"]):
        stem = folder / hashlib.sha256(image.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        if not stem.with_suffix(".target.npy").exists():
            item = load_item(dataset, image)
            _keep(stem.with_suffix(".image.npy"), prepared(item, how).array)
            numbers = own_labels(dataset, masks, image, item, annotator)
            field = own_field(dataset, fields, image, item)
            numbers = numbers if field is None else np.where(field, numbers, IGNORED).astype(np.uint8)
            _keep(stem.with_suffix(".target.npy"), prepared_labels(numbers, item, how))
        images.append(np.load(stem.with_suffix(".image.npy"), mmap_mode="c", allow_pickle=False))
        targets.append(np.load(stem.with_suffix(".target.npy"), mmap_mode="c", allow_pickle=False))
        if progress is not None:
            progress(done + 1, len(rows))
    return DenseMaterial(rows, images, targets)


def _identity(study: Study, root: Path, how: Preparation) -> str:
    parts = [study.sha256("dataset.csv"), annotation_hashes(study), masks_key(study, root), vars(how)]
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _keep(path: Path, array: NDArray[np.generic]) -> None:
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        np.save(file, array, allow_pickle=False)
    draft.replace(path)
