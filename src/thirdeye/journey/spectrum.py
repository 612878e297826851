"""Cases that a plan leaves out of training: the test part is told with them and without them.

A reader that learns from plain cases alone, and is measured on plain cases alone, looks better than it will
be in use: the spectrum effect (Ransohoff and Feinstein, NEJM 1978).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

SPECTRUM = "spectrum"
TOLD = ("auc", "auc_macro", "sensitivity", "specificity", "accuracy", "ppv")


def without_unlearnt(dataset: Dataset, plan: Plan) -> Dataset:
    """The dataset, its development rows with the plan's value put into the part "excluded".

    Raises:
        UsageError: there is no such column, or no row with that value, or nothing is left to learn from.
    """
    if not plan.unlearnt:
        return dataset
    column, value = plan.unlearnt
    rows = dataset.rows
    if column not in rows.columns:
        raise UsageError(f"unlearnt names the column '{column}', which the table has not")
    marked = (rows[column].astype(str) == value) & rows["split"].isin(("train", "validation"))
    if not marked.any():
        known = ", ".join(sorted({str(one) for one in rows[column]})[:12])
        raise UsageError(f"no case to learn from has {column}={value!r}; the column holds {known}")
    kept = dataset.part("train", "validation").loc[lambda part: part[column].astype(str) != value]
    if {name for label in kept["label"] for name in str(label).split("|") if name} < set(dataset.classes):
        raise UsageError(f"without {column}={value!r} a class has no case left to learn from")
    reason = f"not learnt from, as the plan says: {column} is {value}"
    placed = rows.assign(
        split=rows["split"].mask(marked, "excluded"),
        excluded_because=rows["excluded_because"].mask(marked, reason),
    )
    return replace(dataset, rows=placed)


def join_spectrum(
    entry: dict[str, Any], scored: Scored, plan: Plan, manifest: Manifest, *, patients_known: bool
) -> None:
    """Write "spectrum" into the entry of a set: the main measures with and without the unlearnt cases.

    Args:
        entry: of `set_evidence`, on all cases.
        scored: the set.
        plan: with `unlearnt`.
        manifest: of the reader; its operating points.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    if not plan.unlearnt:
        return
    column, value = plan.unlearnt
    held = scored.material.rows.iloc[scored.rows][column].astype(str).to_numpy() == value
    if not held.any() or held.all():
        return
    without = evaluate_set(
        labels=scored.labels[~held], probabilities=scored.network[~held], classes=list(plan.classes),
        task=plan.task, positive=plan.positive, clusters=scored.patients[~held] if patients_known else None,
        unit=entry["unit"], operating_points=[dict(point) for point in manifest.operating_points],
        excluded=entry["n_excluded"], seed=plan.seed,
    )  # fmt: skip
    entry[SPECTRUM] = {
        "column": column,
        "value": value,
        "n_unlearnt": int(np.count_nonzero(held)),
        "with": _told(entry),
        "without": _told(without),
    }


def _told(entry: Mapping[str, Any]) -> list[Any]:
    return [one for one in entry["metrics"] if one["name"] in TOLD and one["class"] is None]
