"""From the files of a study to the arrays that training and validation work on."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.files import read_dataset_csv
from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.intake.pixels import load_image
from thirdeye.intake.unpack import opened
from thirdeye.journey.identity import refuse_other_files
from thirdeye.journey.ledger import Ledger
from thirdeye.plan.file import plan_from_json
from thirdeye.plan.plan import Plan
from thirdeye.transform.cache import prepared_images

DATASET_FILE = "dataset.csv"
FINGERPRINT_FILE = "fingerprint.json"
PLAN_FILE = "plan.json"
STAGES_FILE = "runs/stages.json"
VALIDATION_FILE = "runs/validation.npz"
CACHE = "runs/cache"
Rows = NDArray[np.int64]


class Dealt(Protocol):
    """The part of a plan that says who learns from what."""

    @property
    def validation(self) -> str:
        """ "cross_fitted" or "official"."""

    @property
    def folds(self) -> int:
        """Members."""


@dataclass(frozen=True)
class Material:
    """Rows of one or more splits with their pixels.

    Args:
        rows: of the dataset, in the order of the arrays.
        images: (N, S, S, 3) prepared.
        labels: (N,) class indices, or (N, K) of 0 and 1.
        patients: (N,) names.
    """

    rows: pd.DataFrame
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]


def task_of(study: Study) -> str:
    """What kind of decision a study is about, from its fingerprint."""
    return str(study.read_json(FINGERPRINT_FILE).get("task"))


def read_plan(study: Study) -> Plan:
    """The plan of a study, as it stands in the file.

    Raises:
        UsageError: a value is not allowed.
        StudyMismatch: it is missing, or is not a plan for the study's data.
    """
    plan = plan_from_json(study.read_json(PLAN_FILE))
    known = Fingerprint.from_json(study.read_json(FINGERPRINT_FILE))
    if (plan.task, plan.positive, set(plan.classes)) != (known.task, known.positive, set(known.classes)):
        raise StudyMismatch(
            "plan.json names another task, positive class or other classes than fingerprint.json; these "
            "follow from the data and options: put them back, or plan again"
        )
    return plan


def data_root(study: Study, data: Path | None) -> Path:
    """Where the images of a study lie: as given, or where they lay when it was planned.

    Raises:
        UsageError: they are not there any more.
    """
    if data is not None:
        place = data
    else:
        recorded = Ledger(study).content.get("data", {})
        place = study.folder / recorded.get("place", "")
    if not place.exists():
        raise UsageError(
            f"the data of the study '{study.folder.name}' are not where they were; say where with --data"
        )
    return place.resolve()


def read_study_dataset(study: Study, data: Path | None) -> Dataset:
    """The dataset of a study with the place of its images.

    Args:
        study: the study.
        data: what was given as DATA, or None for the place that the study remembers. The root of the images
            may lie below it (see `Collection`).

    Raises:
        UsageError: the data are not there.
        StudyMismatch: the images are others than those that the study was planned on.
    """
    root = opened(data_root(study, data)).resolve()
    below = Ledger(study).content.get("data", {}).get("root_below", ".")
    known = Fingerprint.from_json(study.read_json(FINGERPRINT_FILE))
    dataset = read_dataset_csv(
        study.path(DATASET_FILE),
        root=(root / below).resolve(),
        task=known.task,  # type: ignore[arg-type]
        classes=known.classes,
        positive=known.positive,
        group=known.group,
        split_origin=known.split_origin,
    )
    refuse_other_files(study, dataset)
    return dataset


def gather(
    study: Study,
    dataset: Dataset,
    plan: Plan,
    *splits: str,
    progress: Callable[[int, int], None] | None = None,
) -> Material:
    """Pixels and labels of the named splits, decoded once and kept in the study's cache."""
    rows = dataset.part(*splits).reset_index(drop=True)

    def load(reference: str) -> Image:
        return load_image(dataset.root, reference)

    images = prepared_images(
        study.path(CACHE),
        rows["image"].tolist(),
        load,
        size_px=plan.image_size_px,
        resize=plan.resize,
        intensity=plan.intensity,
        preparation=plan.preparation,
        identity=study.sha256(DATASET_FILE),
        progress=progress,
    )
    return Material(rows, images, label_array(rows, plan), rows["patient"].to_numpy(dtype=str))


def label_array(rows: pd.DataFrame, plan: Plan) -> NDArray[np.int64]:
    """Class indices (N,), or for multi-label 0 and 1 (N, K)."""
    position = {name: index for index, name in enumerate(plan.classes)}
    if plan.task != "multilabel":
        return rows["label"].map(position).to_numpy(dtype=np.int64)
    labels = np.zeros((len(rows), len(plan.classes)), np.int64)
    for row, joined in enumerate(rows["label"]):
        for name in filter(None, joined.split("|")):
            labels[row, position[name]] = 1
    return labels


def member_splits(rows: pd.DataFrame, plan: Dealt) -> list[tuple[Rows, Rows]]:
    """Per member: positions to learn from, positions held out.

    Raises:
        StudyMismatch: the plan was edited and no longer fits how the dataset was dealt.
    """
    if plan.validation == "official":
        official = (rows["split"] == "validation").to_numpy()
        if not 0 < official.sum() < len(official):
            raise StudyMismatch(
                "plan.json asks for official validation, but the dataset has no validation part beside its "
                "training part; set validation to cross_fitted, or plan again"
            )
        return [(np.flatnonzero(~official), np.flatnonzero(official))] * plan.folds
    fold = rows["fold"].to_numpy()
    dealt = len(set(fold[fold >= 0]))
    if dealt != plan.folds or (fold < 0).any():
        raise StudyMismatch(
            f"plan.json asks for {plan.folds} folds, but dataset.csv was dealt into {dealt}; put it back, or "
            f"plan again with --set folds={plan.folds}"
        )
    return [(np.flatnonzero(fold != index), np.flatnonzero(fold == index)) for index in range(plan.folds)]


def save_arrays(study: Study, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as one ``.npz`` of a study, whole or not at all."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    with study.writing(name) as path:
        path.write_bytes(stream.getvalue())
