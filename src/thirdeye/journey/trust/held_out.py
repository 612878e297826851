"""What the steps that judge a finished reader are given: validation cases, and what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.engine import Engine, Pass
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.material import Material, Rows
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Listener


@dataclass(frozen=True)
class HeldOut:
    """A finished reader and the development cases.

    Args:
        study: with ``model/``, as it was assembled.
        manifest: of the reader.
        dataset: of the study.
        material: development rows (training and validation, never test).
        plan: every value.
        splits: per fold: rows to learn from, rows held out.
        rows: (n,) positions of the validation cases in `material`.
        logits, probabilities: (n, K) of them, each from members that did not learn from it.
        held_out: (N, M) True where member m did not learn from development row i.
        threads: of one pass.
        tell: hears how it goes.
        by_view: (n, V, K) logits of the validation cases in each view that the reader averages; None where
            they were not kept.
    """

    study: Study
    manifest: Manifest
    dataset: Dataset
    material: Material
    plan: Plan
    splits: Sequence[tuple[Rows, Rows]]
    rows: Rows
    logits: NDArray[np.float32]
    probabilities: NDArray[np.floating]
    held_out: NDArray[np.bool_]
    threads: int
    tell: Listener
    by_view: NDArray[np.float32] | None = None

    @cached_property
    def seen(self) -> Pass:
        """What the finished reader (all members) sees in every development row; the plain view alone.

        Mind which member has learnt from which row: `held_out`.
        """
        engine = Engine(self.study.path(f"model/{self.manifest.onnx['file']}"), threads=self.threads)
        return pass_over(engine, self.material.images, np.arange(len(self.material.images)))

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of the validation cases: (n,) class indices, or (n, K) of 0 and 1."""
        return self.material.labels[self.rows]

    @property
    def patients(self) -> NDArray[np.str_]:
        """(n,) of the validation cases."""
        return self.material.patients[self.rows]

    @property
    def truth(self) -> NDArray[np.bool_]:
        """(n, K) whether a validation case has a class."""
        labels = self.labels
        if labels.ndim == 2:
            return labels.astype(bool)
        return np.arange(len(self.plan.classes)) == labels[:, None]
