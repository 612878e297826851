"""What a system is compared with on the same cases: a traditional technique, and its own parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibration import apply
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.clinical import clinical_columns, encode
from thirdeye.journey.rivals import Rival
from thirdeye.journey.shaped.learning import HeldOut
from thirdeye.journey.shaped.opening import Prepared
from thirdeye.recipes.system import ANSWER, Logits
from thirdeye.training.classical import Learner
from thirdeye.training.traditional import TraditionalResult, cross_fit_traditional

_LEARNERS = (
    Learner("logistic", 0.01),
    Learner("logistic", 0.001),
    Learner("logistic", 0.1),
    Learner("svm", 1.0),
    Learner("linear_svm", 0.001),
    Learner("trees", 3),
)
_PLAIN = (Learner("logistic", 1.0), Learner("logistic", 0.01))
TRADITIONAL = "traditional"


def fit_traditional(ready: Prepared, held: HeldOut, *, seconds: float) -> Baseline:
    """Classical learners on the simple features, on the system's own folds, calibrated and thresholded alike.

    Args:
        ready: cases, folds, plan.
        held: labels and patients of the development cases.
        seconds: aim for the fitting.
    """
    cases, plan = ready.development, ready.plan
    result = _fitted(ready, cases.simple, held, seconds, _LEARNERS)
    own = HeldOut({TRADITIONAL: result.logits}, held.labels, held.patients)
    calibration = own.calibration(TRADITIONAL, plan)
    points: tuple[Mapping[str, Any], ...] = ()
    if plan.positive is not None:
        column = plan.classes.index(plan.positive)
        scores = apply(calibration, result.logits)[:, column]
        truth = (held.labels == column).astype(int)
        points = tuple(choose_operating_points(truth, scores, clusters=held.patients))
    tally = "; ".join(f"{name} ({count}x)" for name, count in result.chosen.most_common())
    said = (
        f"Classical learners on {cases.simple_is} ({cases.simple.shape[1]} numbers), standardised; chosen by "
        f"cross-validation inside each fold's training cases. Chosen: {tally}."
    )
    rivals = (*own_parts(ready, held), *_clinical(ready, held, seconds))
    return Baseline(result, calibration, points, said, cases.simple.astype(np.float32), held.labels, rivals)


def own_parts(ready: Prepared, held: HeldOut) -> list[Rival]:
    """The parts of the system that answer by themselves, calibrated on the same held-out cases."""
    return [
        Rival(
            source=name, kind="part", title=about.title, description=about.description,
            logits=held.logits[name], calibration=held.calibration(name, ready.plan), inner_auc=None,
            ask=lambda features, rows: None,
        )
        for name, about in ready.system.sources.items()
        if name in held.logits
    ]  # fmt: skip


def _clinical(ready: Prepared, held: HeldOut, seconds: float) -> list[Rival]:
    """Age, sex and the like alone, where the table has them."""
    rows = ready.development_rows
    columns = clinical_columns(rows, own=FIRST_COLUMNS)
    table = encode(columns, rows)
    if table is None:
        return []
    result = _fitted(ready, table, held, seconds / 4, _PLAIN)
    calibration = HeldOut({ANSWER: result.logits}, held.labels, held.patients).calibration(ANSWER, ready.plan)
    listed = ", ".join(column.name for column in columns)

    def ask(_: object, new: Any) -> Logits | None:
        encoded = encode(columns, new)
        return None if encoded is None else result.predict(encoded)

    return [
        Rival(
            "clinical", "clinical", "clinical variables alone",
            f"Nothing but {listed}, in a logistic regression.", result.logits, calibration, None, ask,
        )
    ]  # fmt: skip


def _fitted(
    ready: Prepared, table: Logits, held: HeldOut, seconds: float, learners: tuple[Learner, ...]
) -> TraditionalResult:
    plan = ready.plan
    return cross_fit_traditional(
        table, held.labels, ready.splits, task=plan.task, groups=held.patients, seed=plan.seed,
        n_classes=len(plan.classes), time_limit_s=seconds, threads=usable_cores(), candidates=learners,
    )  # fmt: skip
