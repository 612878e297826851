"""Steps that fix, on validation cases, what sets hold and which cases are left to the doctor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.certainty import wrong_decisions
from thirdeye.evaluation.risk_coverage import compare_certainties, risk_curve
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.certainty import (
    Told,
    certainties,
    decision_threshold,
    fit_deferral,
    positive_last,
)
from thirdeye.inference.conformal import FEWEST_OF_GROUP, fit_rules
from thirdeye.inference.engine import Engine
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.fusion.variables import doubt_about
from thirdeye.journey.subgroups import grouping_columns
from thirdeye.journey.trust.held_out import HeldOut

FEWEST = 20  # validation patients for any rule
MOST_VALUES = 8  # of a column that tells groups apart
MISSING = frozenset(("", "nan", "none", "unknown", "na", "n/a"))


def sets_step(held: HeldOut) -> dict[str, Any] | None:
    """Rules of prediction sets; None with fewer than 20 patients.

    What is promised: where the validation part is the data's own, every member is held out from it, the
    cases are read by the very ensemble that reads new ones, and split-conformal theory holds (the few values
    chosen on the same cases, such as the calibration, apart). Where it is cross-fitted, each case is read by
    the members that did not learn from it, the new case by all: no theorem covers the mean of the members
    (that of the vote of members is weaker, see `conformal_cross`), so coverage is measured on the test part.
    """
    clusters = patients_of(held)
    if count_of(len(held.rows), clusters) < FEWEST:
        return None
    return fixed_sets(
        held.labels, np.asarray(held.probabilities, float), task=held.plan.task, classes=held.plan.classes,
        clusters=clusters, rows=held.material.rows.iloc[held.rows],
        guarantee="split" if all_held_out(held) else "cross_fitted",
    )  # fmt: skip


def fixed_sets(
    labels: NDArray[np.int64], probabilities: NDArray[np.floating[Any]], *, task: str, classes: Sequence[str],
    clusters: NDArray[np.str_] | None, rows: pd.DataFrame, guarantee: str,
) -> dict[str, Any]:  # fmt: skip
    """Rules over all cases, within classes and within groups; arguments as of `fit_rules`.

    Args:
        rows: of the dataset, one for each case.
        guarantee: "split" or "cross_fitted", see `sets_step`.

    Returns:
        As `fit_rules`; "no_groups" names the columns that tell the label and so make no group.
    """
    told = telling_columns(rows, task)
    groups = set_groups(rows, clusters, without=told)
    rules = fit_rules(labels, probabilities, task=task, classes=classes, clusters=clusters, groups=groups)
    return {**rules, "guarantee": guarantee} | ({"no_groups": list(told)} if told else {})


def telling_columns(rows: pd.DataFrame, task: str) -> tuple[str, ...]:
    """Columns that are the label in other words, or nearly tell it: whoever knows them needs no reader.

    Args:
        rows: of the validation part, one for each case.
        task: of the reader; labels that do not exclude each other are not looked at.
    """
    if task == "multilabel" or "label" not in rows:
        return ()
    names = [name for name, values in grouping_columns(rows).items() if len(_known(values)) <= MOST_VALUES]
    return tuple(name for name in names if doubt_about(rows, name))


def patients_of(held: HeldOut) -> NDArray[np.str_] | None:
    """(n,) of the validation cases; None where an image stands for a patient."""
    return held.patients if held.dataset.group != "image" else None


def all_held_out(held: HeldOut) -> bool:
    """Whether no member learnt from any validation case."""
    return bool(held.held_out[held.rows].all())


def set_groups(
    rows: pd.DataFrame, clusters: NDArray[np.str_] | None, *, fewest: int = FEWEST_OF_GROUP,
    without: Sequence[str] = (),
) -> dict[str, NDArray[np.bool_]]:  # fmt: skip
    """Groups ("sex: female") with enough patients, of columns with few values.

    Args:
        rows: of the dataset, one for each case.
        clusters: patients; None: each case on its own.
        fewest: patients of a group.
        without: columns that make no group, see `telling_columns`.
    """
    names = np.arange(len(rows)).astype(str) if clusters is None else clusters
    found = {}
    for column, values in grouping_columns(rows).items():
        kept = _known(values)
        if len(kept) > MOST_VALUES or column in without:
            continue
        for value in kept:
            here = np.array([one == value for one in values])
            if np.unique(names[here]).size >= fewest:
                found[f"{column}: {value}"] = here
    return found


def _known(values: Sequence[str]) -> list[str]:
    return sorted({value for value in values if value.strip().lower() not in MISSING})


def certainty_step(held: HeldOut) -> dict[str, Any] | None:
    """The measure of certainty and its rules of deferral; None with fewer than 20 patients.

    The simplest measure (the probability's distance from another decision) is taken unless another orders
    the validation cases better by more than chance. Members can be compared only where no member learnt from
    the validation cases: one that did agrees with the truth.
    """
    clusters = patients_of(held)
    if count_of(len(held.rows), clusters) < FEWEST:
        return None
    found, losses = held_out_certainties(held)
    return certainty_rules(found, losses, clusters=clusters, seed=held.plan.seed)


def certainty_rules(
    found: Mapping[str, NDArray[np.float64]], losses: NDArray[np.float64], *, clusters: Any, seed: int
) -> dict[str, Any]:
    """The measure of certainty that orders validation cases best, and its rules; see `certainty_step`.

    Args:
        found: name of each measure to its (n,) values, the simplest first.
        losses: (n,) what was decided wrongly.
        clusters: (n,) patients; None: each case on its own.
        seed: of the paired comparison.
    """
    compared = compare_certainties(losses, found, clusters=clusters, seed=seed)
    chosen = compared.best
    return {
        **fit_deferral(found[chosen], chosen, clusters=clusters),
        "areas": {name: metric.as_json() for name, metric in compared.areas.items()},
        "differences": {name: metric.as_json() for name, metric in compared.differences.items()},
        "curves": {name: risk_curve(losses, one) for name, one in found.items()},
        "members_compared": "members" in found,
    }


def held_out_certainties(held: HeldOut) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Measures of certainty of the validation cases, and what was decided wrongly of them."""
    members = None
    if all_held_out(held) and held.held_out.shape[1] > 1:
        members = _members(held)
    table = np.asarray(held.probabilities, float)
    found = certainties(Told(table, held.by_view, members), held.manifest)
    return found, losses_of(held.labels, table, held.manifest)


def _members(held: HeldOut) -> NDArray[np.float32] | None:
    """(n, M, K) logits of each member, averaged over views as in reading; None where they are not told."""
    if held.seen.members is None or len(held.manifest.views) == 1:
        return None if held.seen.members is None else held.seen.members[held.rows]
    engine = Engine(held.study.path(f"model/{held.manifest.onnx['file']}"), threads=held.threads)
    return pass_over(engine, held.material.images, held.rows, held.manifest.views).members


def losses_of(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64], manifest: Manifest
) -> NDArray[np.float64]:
    """(n,) what was decided wrongly; arguments as of `wrong_decisions`, in the reader's order of classes."""
    if manifest.positive is not None and manifest.classes.index(manifest.positive) == 0:
        labels = 1 - labels
    return wrong_decisions(
        labels, positive_last(probabilities, manifest), task=manifest.task,
        threshold=decision_threshold(manifest),
    )  # fmt: skip


def count_of(n: int, clusters: NDArray[np.str_] | None) -> int:
    """Patients behind n cases; the cases themselves where nobody knows."""
    return n if clusters is None else int(np.unique(clusters).size)
