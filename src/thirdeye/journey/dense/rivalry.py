"""The traditional technique beside a segmentation: learnt on the same cases, asked on the same test cases."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import MissingExtra
from thirdeye.journey.dense.material import gather_dense
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.classical import ClassicalModel, fit_classical
from thirdeye.training.event import Event, Listener
from thirdeye.transform.dense.pixel_features import feature_names
from thirdeye.transform.dense.prepare import Prepared, own_grid

NAME = "traditional technique"
LEAST_S = 3.0  # for learning
LEAST_READING_S = 60.0  # for the test cases: a comparison on a few of them would say little
SHARE = 0.1  # of the budget
_HELD_OUT = 0.2


@dataclass
class Rival:
    """A fitted classical learner that reads test cases for as long as its share of the time lasts.

    Args:
        model: fitted.
        features: numbers that describe a pixel.
        deadline: `time.monotonic()` after which it reads no further case.
        left_out: cases that it did not read.
    """

    model: ClassicalModel
    features: int
    deadline: float
    left_out: int = 0

    def read(self, seen: Prepared) -> NDArray[np.uint8] | None:
        """Its label map on the image's own grid; None when the time is over."""
        if time.monotonic() > self.deadline:
            self.left_out += 1
            return None
        return own_grid(seen, self.model.read(seen.array))

    @property
    def description(self) -> str:
        """One paragraph."""
        tuned = "chosen on held-out cases" if self.model.chosen else "not tuned: no time was left"
        late = f" {self.left_out} test cases were left out when its time was over." if self.left_out else ""
        return (
            f"Every pixel is described by {self.features} numbers (brightness, blurred brightness, "
            "steepness and curvature at three scales, and where it lies) and named by a random forest that "
            "learnt from "
            f"{self.model.n_pixels:,} pixels of {self.model.n_cases} cases; how far rarity counts and the "
            f"smoothing were {tuned}.{late}"
        )


def fit_rival(
    study: Study, dataset: Dataset, masks: MaskTable, plan: DensePlan, *, threads: int, tell: Listener
) -> Rival | None:
    """Learn from the development cases within a tenth of the budget; None where nothing is marked in them.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise MissingExtra("the traditional technique", "train")
    tell(Event("note", "the traditional technique, on the same cases"))
    material = gather_dense(study, dataset, masks, plan, "train", "validation")
    seconds = SHARE * plan.budget_s * (0.5 if plan.label_classes else 1.0)  # the label's rival has the rest
    model = fit_classical(
        material.images, material.targets, held_out=_held_out(material.rows["patient"], plan.seed),
        n_structures=len(plan.classes), seconds=max(LEAST_S, seconds / 2), seed=plan.seed, threads=threads,
    )  # fmt: skip
    if model is None:
        return None
    until = time.monotonic() + max(LEAST_READING_S, seconds / 2)
    return Rival(model, len(feature_names(plan.channels, plan.axes)), until)


def _held_out(patients: Any, seed: int) -> list[int]:
    """Positions of a fifth of the patients, at least one and never all."""
    names = np.unique(np.asarray(patients, dtype=str))
    if names.size < 2:
        return []
    chosen = np.random.default_rng(seed).permutation(names)[: max(1, round(_HELD_OUT * names.size))]
    return np.flatnonzero(np.isin(np.asarray(patients, dtype=str), chosen)).tolist()
