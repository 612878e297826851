"""Techniques beside the traditional one: each kind of learner alone, and the simplest that could work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.journey.clinical import clinical_columns, encode
from thirdeye.journey.material import Material, Rows
from thirdeye.plan.plan import Plan
from thirdeye.training.classical import Learner
from thirdeye.training.learners import KINDS
from thirdeye.training.traditional import TraditionalResult, cross_fit_traditional
from thirdeye.transform.handcrafted.describe import feature_names

SIMPLE = ("intensity_mean", "shape_area")
_PLAIN = (Learner("logistic", 1.0), Learner("logistic", 0.01))
Table = NDArray[np.float64]
Features = NDArray[np.floating]


@dataclass(frozen=True)
class Rival:
    """One technique that the network is compared with, beside the traditional one.

    Args:
        source: its name in predictions.csv ("learner:svm", "simple", "clinical").
        kind: "learner", "simple" or "clinical".
        title: as a sentence has it.
        description: what it uses and how it decides.
        logits: (n, K) out of fold; NaN in rows that no fold held out.
        calibration: chosen on the held-out cases.
        inner_auc: mean over the folds of the AUC inside the training cases; None where it was not measured.
        ask: gives logits from features and rows of new cases; None where a column is missing.
    """

    source: str
    kind: str
    title: str
    description: str
    logits: Table
    calibration: Calibration
    inner_auc: float | None
    ask: Callable[[Features, pd.DataFrame], Table | None]

    def held_out(self, rows: Rows) -> Table:
        """Calibrated probabilities (n, K) of held-out development rows."""
        return apply(self.calibration, self.logits[rows])

    def predict(self, features: Features, rows: pd.DataFrame) -> Table | None:
        """Calibrated probabilities (m, K) of new cases; None where a column is missing."""
        found = self.ask(features, rows)
        return None if found is None else apply(self.calibration, found)

    def as_json(self) -> dict[str, Any]:
        """The entry in evaluation.json."""
        shown = {name: getattr(self, name) for name in ("source", "kind", "title", "description")}
        return shown | {"inner_auc": self.inner_auc, "calibration": self.calibration.method}


@dataclass(frozen=True)
class Ground:
    """What every rival is fitted on, and how its logits are calibrated."""

    development: Material
    splits: list[tuple[Rows, Rows]]
    plan: Plan
    calibrate: Callable[[Table], Calibration]


def learner_rivals(result: TraditionalResult, ground: Ground) -> list[Rival]:
    """Each kind of learner on the same features, with its best setting in each fold."""
    return [_learner(result, kind, ground) for kind in result.by_kind]


def simplest_rivals(features: Features, ground: Ground) -> list[Rival]:
    """Mean brightness and object size alone; clinical variables alone, where the table has some."""
    names = feature_names()
    columns = [names.index(name) for name in SIMPLE]
    found = [
        _plain(
            "simple",
            "brightness and size alone",
            "Two numbers, the mean brightness and the area of the main object, in a logistic regression.",
            features[:, columns].astype(np.float64),
            lambda new, _: new[:, columns].astype(np.float64),
            ground,
        )
    ]
    clinical = clinical_columns(ground.development.rows, own=FIRST_COLUMNS)
    table = encode(clinical, ground.development.rows)
    if table is not None:
        listed = ", ".join(column.name for column in clinical)
        found.append(
            _plain(
                "clinical",
                "clinical variables alone",
                f"No picture at all: {listed}, in a logistic regression.",
                table,
                lambda _, rows: encode(clinical, rows),
                ground,
            )
        )
    return found


def _learner(result: TraditionalResult, kind: str, ground: Ground) -> Rival:
    about = KINDS.get(kind)
    auc = result.inner_auc(kind)
    return Rival(
        source=f"learner:{kind}",
        kind="learner",
        title=about.title,
        description=about.description,
        logits=result.by_kind[kind],
        calibration=ground.calibrate(result.by_kind[kind]),
        inner_auc=auc if np.isfinite(auc) else None,
        ask=lambda features, _: result.predict(features, kind),
    )


def _plain(
    kind: str,
    title: str,
    description: str,
    table: Table,
    columns_of: Callable[[Features, pd.DataFrame], Table | None],
    ground: Ground,
) -> Rival:
    plan = ground.plan
    result = cross_fit_traditional(
        table, ground.development.labels, ground.splits, task=plan.task, groups=ground.development.patients,
        seed=plan.seed, n_classes=len(plan.classes), candidates=_PLAIN,
    )  # fmt: skip
    auc = result.inner_auc("logistic")

    def ask(features: Features, rows: pd.DataFrame) -> Table | None:
        new = columns_of(features, rows)
        return None if new is None else result.predict(new)

    return Rival(
        kind, kind, title, description, result.logits, ground.calibrate(result.logits),
        auc if np.isfinite(auc) else None, ask,
    )  # fmt: skip


def tables_of(rivals: tuple[Rival, ...], features: Features, rows: pd.DataFrame) -> Mapping[str, Table]:
    """Source to calibrated probabilities of new cases, where it can be asked."""
    found = {rival.source: rival.predict(features, rows) for rival in rivals}
    return {source: table for source, table in found.items() if table is not None}
