"""The step that fits, on held-out cases, how several images and clinical variables are decided together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine
from thirdeye.inference.frequency import fit_frequencies
from thirdeye.inference.fusion.heads import to_bytes
from thirdeye.inference.fusion.model import Clinical, Decision, clinical_json
from thirdeye.inference.fusion.pooling import TITLES, evidence
from thirdeye.inference.fusion.variables import Linear, Variable, encode_all
from thirdeye.journey.fusion.candidates import (
    Candidate,
    Ground,
    candidates,
    chosen,
    clearly_better,
    compose_cases,
)
from thirdeye.journey.fusion.cases import IMAGE, cases_of, of_whole_cases, same_views, unit_of
from thirdeye.journey.fusion.joining import Fitted, fit_joined, keep_joined
from thirdeye.journey.fusion.levels import level_decisions
from thirdeye.journey.fusion.rules import guarantee_of, with_rules
from thirdeye.journey.fusion.variables import offered, variables_of
from thirdeye.journey.material import save_arrays
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.journey.trust.uncertainty import all_held_out
from thirdeye.journey.validated.groups import cluster_of
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event
from thirdeye.training.fusion.clinical import FittedLinear, fit_linear
from thirdeye.training.selection import Truth, figure
from thirdeye.training.splits import distinct_splits
from thirdeye.training.stages import spoken

HEADS_FILE = "model/fusion.npz"
FUSION_FILE = "runs/fusion.npz"
Table = NDArray[np.float64]


def fuse(held: HeldOut) -> dict[str, Any] | None:
    """How cases are decided; None where the plan asks for neither several images nor clinical variables."""
    plan = held.plan
    if not plan.fusion and not plan.variables:
        return None
    unit = unit_of(held.dataset.rows, held.dataset.group) if plan.fusion else IMAGE
    ground = _ground(held, unit)
    truth = ground.truth.at(ground.held)
    found = list(candidates(plan.fusion or ("mean",), ground))
    best = chosen(found, truth)
    methods = plan.calibration if unit != IMAGE else ("none",)  # single images are calibrated already
    cluster = _cluster(held)
    decided, by_images = _decided(best.logits, truth, plan, cluster, methods)
    if unit != IMAGE:  # single images have rules of their own
        told = guarantee_of(best.method, held_out=all_held_out(held))
        decided = _with_rules(decided, by_images, held, ground, truth, told)
    form: dict[str, Any] = {
        "unit": unit, "n": len(ground.held),
        "n_images": int(np.isin(ground.cases.of_image, ground.held).sum()),
        "pooling": _pooling(held, best), **decided.as_json(),
        "candidates": [_told(one, best, truth) for one in found],
    }  # fmt: skip
    tables = {"rows": ground.cases.first[ground.held], "images": by_images}
    tables |= {f"candidate_{one.method}": one.logits for one in found}
    _tell(held, unit, found, best, truth)
    if plan.variables and plan.task != "multilabel":
        clinical, said = _clinical(held, ground, truth, by_images)
        form["variables"] = clinical_json(clinical, keep_joined(held.study, clinical)) | {
            "names": [one.name for one in clinical.variables], "refused": _refused(held, unit),
            "figures": {name: figure(np.log(one), truth).as_json() for name, one in said.items()},
        }  # fmt: skip
        tables |= said
    if plan.taxonomy:
        kept = "variables" in form and form["variables"]["kept"]
        form["levels"] = _levels(plan, np.asarray(tables["together"] if kept else by_images), truth)
        if kept:  # a case may be read without its variables
            form["levels_by_images"] = _levels(plan, by_images, truth)
    save_arrays(held.study, FUSION_FILE, tables)
    return form


def _ground(held: HeldOut, unit: str) -> Ground:
    material, manifest, plan = held.material, held.manifest, held.plan
    cases = cases_of(material.rows, unit)
    views = same_views(material.rows, unit)
    probabilities = np.full((len(material.rows), len(plan.classes)), np.nan)
    probabilities[held.rows] = held.probabilities
    missing = np.bincount(cases.of_image, weights=~np.isfinite(probabilities).all(axis=1)) > 0
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    first = cases.first
    truth = Truth(material.labels[first], plan.classes, positive, material.patients[first], plan.task)
    width = held.held_out.shape[1]

    def columns_of(holdout: NDArray[np.int64]) -> NDArray[np.int64]:
        each = held.seen.features.shape[1] // width
        frozen = np.array([member.get("fold") == -1 for member in manifest.members])
        fit = np.flatnonzero(frozen | held.held_out[holdout].all(axis=0))
        return np.concatenate(
            [np.arange(member * each, (member + 1) * each) for member in fit] or [np.arange(0)]
        )

    def early() -> NDArray[np.float32]:
        engine = Engine(held.study.path(f"model/{manifest.onnx['file']}"), threads=held.threads)
        pictures, _ = compose_cases(material.images, cases, views)
        return pass_over(engine, pictures, np.arange(len(pictures))).features

    return Ground(
        cases, np.flatnonzero(~missing), probabilities, truth, distinct_splits(held.splits), plan.seed,
        columns_of, lambda: held.seen.features, views, early,
    )  # fmt: skip


def _decided(
    logits: Table, truth: Truth, plan: Plan, cluster: str | None, methods: Sequence[str] | None = None
) -> tuple[Decision, Table]:
    calibration = fit_calibration(
        logits, truth.labels, task=plan.task, candidates=methods or plan.calibration, groups=truth.clusters
    )
    probabilities = apply(calibration, logits)
    points: Sequence[dict[str, Any]] = ()
    if truth.positive is not None:
        labels = (truth.labels == truth.positive).astype(int)
        points = choose_operating_points(labels, probabilities[:, truth.positive], clusters=truth.clusters)
    one_hot = truth.labels.astype(bool) if truth.labels.ndim == 2 else _one_hot(truth)
    patients = None if cluster is None else truth.clusters
    ranges = fit_frequencies(
        probabilities, one_hot, plan.classes, patients=patients, cluster=cluster or "patient"
    )
    return Decision(calibration, tuple(points), ranges), probabilities


def _with_rules(
    decision: Decision, probabilities: Table, held: HeldOut, ground: Ground, truth: Truth, guarantee: str
) -> Decision:
    return with_rules(
        decision, probabilities, truth, manifest=held.manifest, guarantee=guarantee, seed=held.plan.seed,
        rows=of_whole_cases(held.material.rows, ground.cases).iloc[ground.cases.first[ground.held]],
        clustered=_cluster(held) is not None,
    )  # fmt: skip


def _cluster(held: HeldOut) -> str | None:
    """What belongs together ("patient", "lesion"); None where nobody knows."""
    return None if held.dataset.group == "image" else cluster_of(held.dataset.group)


def _levels(plan: Plan, probabilities: Table, truth: Truth) -> list[dict[str, Any]]:
    return [one.as_json() for one in level_decisions(plan, probabilities, truth.labels, truth.clusters)]


def _one_hot(truth: Truth) -> NDArray[np.bool_]:
    return np.asarray(np.arange(len(truth.classes)) == truth.labels[:, None])


def _clinical(
    held: HeldOut, ground: Ground, truth: Truth, by_images: Table
) -> tuple[Clinical, dict[str, Table]]:
    plan, rows = held.plan, held.material.rows.iloc[ground.cases.first[ground.held]]
    variables = variables_of(rows, plan.variables)
    said = evidence(by_images, multilabel=False)
    together, alone = _fitted(held, ground, truth, variables, said)
    cluster = _cluster(held)
    decided, both = _decided(together.logits, truth, plan, cluster)
    decided = _with_rules(decided, both, held, ground, truth, guarantee_of("together", held_out=False))
    decided_alone, by_variables = _decided(alone.logits, truth, plan, cluster)
    kept = clearly_better(together.logits, said, truth)
    clinical = Clinical(variables, together.model, alone.model, decided, decided_alone, kept)
    for name, table in (
        ("images alone", by_images),
        ("variables alone", by_variables),
        ("both together", both),
    ):
        held.tell(Event("figure", f"Clinical variables, {name}: {spoken(figure(np.log(table), truth))}"))
    return clinical, {"variables": by_variables, "together": both}


def _fitted(
    held: HeldOut, ground: Ground, truth: Truth, variables: Sequence[Variable], said: Table
) -> tuple[Fitted, Fitted]:
    """Images and variables together, and the variables alone, as the plan wants them joined."""
    plan, rows = held.plan, held.material.rows.iloc[ground.cases.first]
    values = {one.name: [str(value) for value in rows[one.name]] for one in variables}
    encoded = encode_all(variables, values, len(rows))
    if plan.joining != "logistic":
        return (
            fit_joined(plan.joining, ground, encoded, images=True),
            fit_joined(plan.joining, ground, encoded, images=False),
        )
    known = encoded[ground.held]
    together = fit_linear(said, known, truth, seed=plan.seed)
    alone = fit_linear(np.zeros(said.shape), known, truth, seed=plan.seed)
    return (
        Fitted(_linear(together, images=True), together.logits),
        Fitted(_linear(alone, images=False), alone.logits),
    )


def _linear(fitted: FittedLinear, *, images: bool) -> Linear:
    """Over the images' evidence, where it takes part, and the columns."""
    kept = fitted.share * np.eye(len(fitted.bias)) if images else np.empty((len(fitted.bias), 0))
    return Linear(np.concatenate([kept, fitted.weight], axis=1), fitted.bias)


def _refused(held: HeldOut, unit: str) -> dict[str, str]:
    found = offered(held.material.rows, unit).refused
    return {name: why for name, why in found.items() if name not in held.plan.variables}


def _pooling(held: HeldOut, best: Candidate) -> dict[str, Any]:
    form: dict[str, Any] = {"method": best.method, "weights": dict(best.weights), "views": list(best.views)}
    if not best.heads:
        held.study.path(HEADS_FILE).unlink(missing_ok=True)
        return form
    content = to_bytes(best.heads)
    with held.study.writing(HEADS_FILE) as path:
        path.write_bytes(content)
    return form | {"file": HEADS_FILE.split("/")[-1], "sha256": hashlib.sha256(content).hexdigest()}


def _told(one: Candidate, best: Candidate, truth: Truth) -> dict[str, Any]:
    return {
        "method": one.method, "title": TITLES[one.method], "kept": one is best,
        "figure": figure(one.logits, truth).as_json(),
    }  # fmt: skip


def _tell(held: HeldOut, unit: str, found: Sequence[Candidate], best: Candidate, truth: Truth) -> None:
    if unit == IMAGE:
        return
    for one in found:
        kept = "" if one is best else " (not kept)"
        held.tell(
            Event("figure", f"Per {unit}, {TITLES[one.method]}: {spoken(figure(one.logits, truth))}{kept}")
        )
