"""What cases of several images, clinical variables and taxonomies are worth, for evaluation.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.inference.fusion.levels import NAME as LEVELS
from thirdeye.inference.fusion.levels import LevelDecision, levels_from_json
from thirdeye.inference.fusion.model import NAME, CaseModel, Decision, read_case_model
from thirdeye.inference.fusion.pooling import TITLES
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.fusion.cases import IMAGE
from thirdeye.journey.fusion.rules import measured_rules
from thirdeye.journey.fusion.tables import CaseTables, read_tables
from thirdeye.journey.scoring import Scored
from thirdeye.journey.uncertainty import UNCERTAINTY
from thirdeye.plan.plan import Plan

Table = NDArray[np.float64]
ALONE = "reading of the images alone"
VARIABLES = "prediction from clinical variables alone"
FIRST = "reading of the first image alone"
TOGETHER = "combination of images and clinical variables"


@dataclass(frozen=True)
class DecidedCases:
    """What the reader says of each case when all is taken together, as `thirdeye read` does.

    Args:
        unit: what a case is.
        rows: (C,) the first image of each case.
        probabilities: (C, K).
    """

    unit: str
    rows: pd.DataFrame
    probabilities: Table


def join_cases(
    place: Study,
    entry: dict[str, Any],
    scored: Scored,
    plan: Plan,
    manifest: Manifest,
    *,
    patients_known: bool,
) -> DecidedCases | None:
    """Put "by_case", "clinical" and "levels" into the entry of a set, as far as the plan asks for them.

    Args:
        place: the study.
        entry: of the test part; changed.
        scored: the same cases as they were read.
        plan: of the study.
        manifest: of its reader.
        patients_known: whether rows of one patient are known to be of one patient.

    Returns:
        The decision of each case; None where each is decided by one image alone.
    """
    model = read_case_model(place, manifest)
    levels = levels_from_json(manifest.trust.get(LEVELS) or [])
    if levels:
        clusters = scored.patients if patients_known else None
        entry["levels"] = [
            _level(one, scored.network, scored.labels, clusters, IMAGE, plan) for one in levels
        ]
    if model is None:
        return None
    tables = read_tables(place, scored, manifest, model)
    join_tables(entry, tables, scored, Reader(plan, manifest, model), patients_known=patients_known)
    rows = scored.material.rows.iloc[tables.first]
    return DecidedCases(model.unit, rows, final_of(tables, model))


@dataclass(frozen=True)
class Reader:
    """Who decides whole cases.

    Args:
        plan: of the study.
        manifest: of its reader of single images.
        model: how cases are decided.
    """

    plan: Plan
    manifest: Manifest
    model: CaseModel


def join_tables(
    entry: dict[str, Any], tables: CaseTables, scored: Scored, reader: Reader, *, patients_known: bool
) -> None:
    """Put "by_case" and "clinical" into the entry of a set.

    Args:
        entry: changed.
        tables: what is said of its cases.
        scored: its images.
        reader: who says it.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    plan, manifest, model = reader.plan, reader.manifest, reader.model
    own = tables.patients if patients_known else None

    def rules(probabilities: Table | None, decision: Decision) -> dict[str, Any]:
        if probabilities is None:
            return {}
        whole = Scored(scored.material, tables.first, probabilities, None)
        found = measured_rules(whole, model.unit, decision, plan, manifest, patients_known=patients_known)
        return {UNCERTAINTY: found} if found else {}

    if model.unit != IMAGE:
        entry["by_case"] = _by_case(tables, model, plan, own, manifest) | rules(tables.images, model.decided)
    if model.clinical is not None and tables.together is not None:
        entry["clinical"] = _clinical(tables, model, plan, own, manifest)
        if model.clinical.kept:
            entry["clinical"] |= rules(tables.together, model.clinical.decided)


def _common(tables: CaseTables, plan: Plan, clusters: NDArray[np.str_] | None) -> dict[str, Any]:
    return {
        "labels": tables.labels, "classes": list(plan.classes), "task": plan.task, "positive": plan.positive,
        "clusters": clusters,
    }  # fmt: skip


def _by_case(
    tables: CaseTables, model: CaseModel, plan: Plan, clusters: NDArray[np.str_] | None, manifest: Manifest
) -> dict[str, Any]:
    common = _common(tables, plan, clusters)
    points = [dict(point) for point in model.decided.operating_points]
    entry = evaluate_set(
        **common, probabilities=tables.images, unit=model.unit, operating_points=points, excluded=None,
        seed=plan.seed,
    )  # fmt: skip
    found = compare_models(
        **common, first=tables.images, second=tables.single,
        names=(f"joint reading of all images of a {model.unit}", FIRST), seed=plan.seed, only_primary=True,
    )  # fmt: skip
    entry["comparisons"] = [found | {"kind": "single_image", "source": "single_image"}]
    form = manifest.trust[NAME]
    entry["fusion"] = {
        "n_images": tables.n_images, "method": model.method, "title": TITLES[model.method],
        "weights": dict(model.weights), "candidates": form["candidates"],
    }  # fmt: skip
    if form.get("levels"):
        forms = levels_from_json(form["levels"])
        final = final_of(tables, model)
        entry["levels"] = [_level(one, final, tables.labels, clusters, model.unit, plan) for one in forms]
    return entry


def final_of(tables: CaseTables, model: CaseModel) -> Table:
    """(C, K) the last word on each case: with its clinical variables where they are used and known."""
    kept = model.clinical is not None and model.clinical.kept
    return tables.together if kept and tables.together is not None else tables.images


def _clinical(
    tables: CaseTables, model: CaseModel, plan: Plan, clusters: NDArray[np.str_] | None, manifest: Manifest
) -> dict[str, Any]:
    """Images, variables, and both: each measured, and compared in pairs on the same cases."""
    clinical, form = model.clinical, manifest.trust[NAME]["variables"]
    levels = manifest.trust[NAME].get("levels") or []
    if clinical is None or tables.together is None or tables.variables is None:
        return {}
    common = _common(tables, plan, clusters)
    known = {
        ALONE: (tables.images, model.decided), VARIABLES: (tables.variables, clinical.decided_alone),
        TOGETHER: (tables.together, clinical.decided),
    }  # fmt: skip
    pairs = ((TOGETHER, ALONE), (TOGETHER, VARIABLES), (ALONE, VARIABLES))
    asks = ("what the clinical variables add", "what the images add", "the images against the variables")
    compared = [
        compare_models(
            **common, first=known[first][0], second=known[second][0], names=(first, second), seed=plan.seed,
            only_primary=True,
        ) | {"kind": "clinical_fusion", "asks": asked, "source": "clinical_fusion"}
        for (first, second), asked in zip(pairs, asks, strict=True)
    ]  # fmt: skip
    measured = [
        {"source": name, **_measured(table, decided.operating_points, common, plan)}
        for name, (table, decided) in known.items()
    ]
    return {
        "unit": model.unit, "variables": [one.name for one in clinical.variables], "kept": clinical.kept,
        "refused": form["refused"], "techniques": measured, "comparisons": with_adjusted(compared),
        "validation": form["figures"],
        "levels": [_level_comparison(one, tables, common, plan) for one in levels_from_json(levels)],
    }  # fmt: skip


def _measured(
    table: Table, points: Sequence[Mapping[str, Any]], common: Mapping[str, Any], plan: Plan
) -> dict[str, Any]:
    """Measures of one source; of many classes the comparisons say enough."""
    if plan.task != "binary":
        return {"metrics": [], "operating_points": []}
    entry = evaluate_set(
        **common, probabilities=table, unit="case", operating_points=[dict(point) for point in points],
        excluded=None, seed=plan.seed,
    )  # fmt: skip
    return {name: entry[name] for name in ("metrics", "operating_points")}


def _level_comparison(
    one: LevelDecision, tables: CaseTables, common: Mapping[str, Any], plan: Plan
) -> dict[str, Any]:
    """What the variables add at one level of the taxonomy."""
    both = [tables.together, tables.images]
    first, second = (_whole(one.level.sum(table, plan.classes)) for table in both if table is not None)
    found = compare_models(
        labels=one.level.labels(tables.labels, plan.classes), first=first, second=second,
        classes=list(one.classes), task="binary" if one.positive else "multiclass", positive=one.positive,
        clusters=common["clusters"], names=(TOGETHER, ALONE), seed=plan.seed, only_primary=True,
    )  # fmt: skip
    return found | {"kind": "clinical_fusion", "level_name": one.level.name}


def _level(
    one: LevelDecision, probabilities: Table, labels: NDArray[np.int64],
    clusters: NDArray[np.str_] | None, unit: str, plan: Plan,
) -> dict[str, Any]:  # fmt: skip
    """One level measured: classes summed up into kinds."""
    binary = one.positive is not None
    entry = evaluate_set(
        labels=one.level.labels(labels, plan.classes),
        probabilities=_whole(one.level.sum(probabilities, plan.classes)), classes=list(one.classes),
        task="binary" if binary else "multiclass", positive=one.positive, clusters=clusters, unit=unit,
        operating_points=[dict(point) for point in one.operating_points] if binary else [], excluded=None,
        seed=plan.seed,
    )  # fmt: skip
    return {
        "name": one.level.name, "positive": one.positive,
        "groups": {name: list(held) for name, held in one.level.groups.items()}, **entry,
    }  # fmt: skip


def _whole(table: Table) -> Table:
    """Rows that sum to 1, where rounding left a little over."""
    clipped = table.clip(0, 1)
    return np.asarray(clipped / clipped.sum(axis=1, keepdims=True))
