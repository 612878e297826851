"""The traditional technique beside the network: same cases, same folds, calibrated and thresholded alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import MissingExtra
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.journey.material import Material, Rows
from thirdeye.journey.rivals import Ground, Rival, learner_rivals, simplest_rivals, tables_of
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.training.splits import distinct_splits
from thirdeye.training.traditional import TraditionalResult, cross_fit_traditional
from thirdeye.transform.handcrafted.describe import describe


@dataclass(frozen=True)
class Baseline:
    """A fitted traditional technique.

    Args:
        result: its fold models and out-of-fold logits.
        calibration: chosen on the cases that were held out.
        operating_points: likewise (binary).
        description: one paragraph.
        features: (n, D) hand-crafted features of the development cases.
        labels: of the same.
        rivals: each kind of learner alone, and the simplest techniques.
    """

    result: TraditionalResult
    calibration: Calibration
    operating_points: tuple[Mapping[str, Any], ...]
    description: str
    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    rivals: tuple[Rival, ...] = ()

    def held_out(self, rows: Rows) -> NDArray[np.float64]:
        """Calibrated probabilities (n, K) of held-out development rows."""
        return apply(self.calibration, self.result.logits[rows])

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Calibrated probabilities (n, K) of prepared images (n, S, S, 3)."""
        return apply(self.calibration, self.result.predict(features_of(images)))

    def judge(self, material: Material) -> tuple[NDArray[np.float64], Mapping[str, NDArray[np.float64]]]:
        """Calibrated probabilities (n, K) of new cases: the traditional technique's, and each rival's."""
        features = features_of(material.images)
        first = apply(self.calibration, self.result.predict(features))
        return first, tables_of(self.rivals, features, material.rows)


def fit_baseline(
    development: Material,
    splits: list[tuple[Rows, Rows]],
    plan: Plan,
    *,
    time_limit_s: float,
    threads: int,
    tell: Listener,
) -> Baseline:
    """Describe the images by hand-crafted features and learn from them on the network's folds.

    Args:
        development: training and validation rows.
        splits: as in `member_splits`; repetitions of an official split are fitted once.
        plan: task, classes, calibration candidates, seed.
        time_limit_s: aim for the fitting.
        threads: for the learners.
        tell: hears how it goes.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise MissingExtra("the traditional technique", "train")
    tell(Event("note", "the traditional technique, on the same cases and folds"))
    started = time.monotonic()
    features = features_of(development.images)
    distinct = distinct_splits(splits)
    result = cross_fit_traditional(
        features,
        development.labels,
        distinct,
        task=plan.task,
        groups=development.patients,
        seed=plan.seed,
        n_classes=len(plan.classes),
        time_limit_s=max(time_limit_s - (time.monotonic() - started), time_limit_s / 4),
        threads=threads,
    )
    rows = np.flatnonzero(np.isfinite(result.logits).all(axis=1))
    labels = development.labels[rows]

    def calibrate(logits: NDArray[np.float64]) -> Calibration:
        return fit_calibration(
            logits[rows], labels, task=plan.task, candidates=plan.calibration,
            groups=development.patients[rows],
        )  # fmt: skip

    calibration = calibrate(result.logits)
    points: tuple[Mapping[str, Any], ...] = ()
    if plan.positive is not None:
        column = plan.classes.index(plan.positive)
        scores = apply(calibration, result.logits[rows])[:, column]
        points = tuple(
            choose_operating_points(
                (labels == column).astype(int), scores, clusters=development.patients[rows]
            )
        )
    ground = Ground(development, distinct, plan, calibrate)
    rivals = (*learner_rivals(result, ground), *simplest_rivals(features, ground))
    return Baseline(result, calibration, points, result.description, features, development.labels, rivals)


def features_of(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Hand-crafted features (n, D) of prepared images."""
    return np.stack([describe(np.asarray(image)) for image in images])
