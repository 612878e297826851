"""The traditional technique beside the label that a segmenting network tells: same cases, same folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import MissingExtra
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.intake.case_label import CASE_LABEL
from thirdeye.intake.volume_picture import Plane, slice_picture
from thirdeye.journey.dense.material import load_item, rows_with_masks
from thirdeye.journey.material import member_splits
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.event import Event, Listener
from thirdeye.training.splits import distinct_splits
from thirdeye.training.traditional import TraditionalResult, cross_fit_traditional
from thirdeye.transform.handcrafted.describe import SIZE_PX, describe
from thirdeye.transform.prepare import prepare

SHARE = 0.05  # of the budget: half of the tenth that the traditional technique has
PLANES: tuple[Plane, ...] = ("axial", "coronal", "sagittal")
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class LabelRival:
    """A fitted traditional technique that tells the label from the whole picture, without the masks.

    Args:
        result: its fold models.
        calibration: fitted on the cases that were held out.
        operating_points: likewise, where there are two classes.
    """

    result: TraditionalResult
    calibration: Calibration
    operating_points: tuple[Mapping[str, Any], ...]

    @property
    def description(self) -> str:
        """One paragraph."""
        return f"{self.result.description} Of a volume its three middle slices are described."

    def probabilities(self, dataset: Dataset, images: list[str]) -> NDArray[np.float64]:
        """(n, K) calibrated, of images of the dataset."""
        features = np.stack([described(load_item(dataset, image)) for image in images])
        return apply(self.calibration, self.result.predict(features))


def described(item: Image | Volume) -> NDArray[np.float32]:
    """(D,) hand-crafted features of an image, or of the three middle slices of a volume."""
    pictures = [item] if isinstance(item, Image) else [slice_picture(item, plane=one) for one in PLANES]
    return np.concatenate([describe(_square(picture)) for picture in pictures])


def label_numbers(rows: pd.DataFrame, plan: DensePlan) -> Rows:
    """(n,) class of each row, -1 where it has none."""
    position = {name: number for number, name in enumerate(plan.label_classes)}
    return np.array([position.get(str(value), -1) for value in rows[CASE_LABEL]], np.int64)


def fit_label_rival(
    dataset: Dataset, masks: MaskTable, plan: DensePlan, *, threads: int, tell: Listener
) -> LabelRival | None:
    """Learn the label from the development cases; None where no fold has cases of two classes to learn from.

    Args:
        dataset, masks: of the study.
        plan: with a label.
        threads: for the learners.
        tell: hears how it goes.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise MissingExtra("the traditional technique", "train")
    rows = rows_with_masks(dataset, masks, "train", "validation")
    labels, patients = label_numbers(rows, plan), rows["patient"].to_numpy(str)
    splits = _labelled(distinct_splits(member_splits(rows, plan)), labels)
    if not splits:
        return None
    tell(Event("note", "the traditional technique for the label, on the same cases and folds"))
    kind = "binary" if plan.label_positive else "multiclass"
    result = cross_fit_traditional(
        _features(dataset, rows, labels), labels, splits, task=kind, groups=patients, seed=plan.seed,
        n_classes=len(plan.label_classes), time_limit_s=SHARE * plan.budget_s, threads=threads,
    )  # fmt: skip
    seen = np.flatnonzero(np.isfinite(result.logits).all(axis=1))
    calibration = fit_calibration(result.logits[seen], labels[seen], task=kind, groups=patients[seen])
    points: list[dict[str, Any]] = []
    if plan.label_positive:
        positive = plan.label_classes.index(plan.label_positive)
        points = choose_operating_points(
            (labels[seen] == positive).astype(int),
            apply(calibration, result.logits[seen])[:, positive],
            clusters=patients[seen],
        )
    return LabelRival(result, calibration, tuple(points))


def _square(picture: Image) -> NDArray[np.uint8]:
    eight = picture.pixels.dtype == np.uint8
    return prepare(picture, size_px=SIZE_PX, resize="pad", intensity="full_range" if eight else "percentile")


def _labelled(splits: list[tuple[Rows, Rows]], labels: Rows) -> list[tuple[Rows, Rows]]:
    """The labelled rows of each split, where two classes or more are to be learnt."""
    own = [tuple(part[labels[part] >= 0] for part in split) for split in splits]
    return [(train, held) for train, held in own if len(held) and len(set(labels[train].tolist())) > 1]


def _features(dataset: Dataset, rows: pd.DataFrame, labels: Rows) -> NDArray[np.float32]:
    """(n, D); zeros for rows without a label, from which nothing is learnt."""
    names = list(rows["image"])
    found = {row: described(load_item(dataset, names[row])) for row in np.flatnonzero(labels >= 0).tolist()}
    blank = np.zeros_like(next(iter(found.values())))
    return np.stack([found.get(row, blank) for row in range(len(rows))])
