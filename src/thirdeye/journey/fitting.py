"""What `train` does with torch: run the stages, calibrate, choose operating points, write the reader."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.columns import kind_of, years
from thirdeye.evaluation.operating_point import choose_operating_points, further_points
from thirdeye.inference.assemble import assemble_reader
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.facts import ImageFacts, facts_of
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.pixels import load_image
from thirdeye.journey.material import STAGES_FILE, VALIDATION_FILE, Material, Rows
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.journey.trust.steps import judge
from thirdeye.model.build import origin_of
from thirdeye.model.files import save_network
from thirdeye.plan.lineup import entries
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.training.machine import use_threads
from thirdeye.training.record import Stage
from thirdeye.training.selection import Truth
from thirdeye.training.stages import Material as Development
from thirdeye.training.stages import StagedTraining, Trained


def fit_reader(
    study: Study,
    dataset: Dataset,
    material: Material,
    splits: list[tuple[Rows, Rows]],
    plan: Plan,
    *,
    identity: str,
    started: float,
    deadline: float,
    threads: int,
    tell: Listener,
) -> tuple[Stage, ...]:
    """Train, calibrate and write ``model/``, ``runs/stages.json`` and ``runs/validation.npz``.

    Args:
        study: the study folder.
        dataset: for the images themselves.
        material: development rows.
        splits: per member, see `member_splits`.
        plan: every value.
        identity: hash of plan and dataset.
        started, deadline: `time.monotonic()` of the run.
        threads: for torch and ONNX Runtime.
        tell: hears how it goes.
    """
    import time

    use_threads(threads)
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    truth = Truth(material.labels, plan.classes, positive, material.patients, plan.task)
    written: list[Stage] = []

    def on_stage(stage: Stage) -> None:
        written.append(stage)
        study.write_json(STAGES_FILE, {"version": 1, "stages": [one.as_json() for one in written]})

    trained = StagedTraining(
        Development(material.images, truth, splits, identity),
        plan,
        folder=study.path("runs"),
        deadline=deadline,
        tell=tell,
        on_stage=on_stage,
        elapsed=lambda: time.monotonic() - started,
    ).run()
    tell(Event("stage", "Calibration, operating points, export"))
    held = truth.at(trained.rows)
    calibration = fit_calibration(
        trained.logits, held.labels, task=plan.task, candidates=plan.calibration, groups=held.clusters
    )
    probabilities = apply(calibration, trained.logits)
    draft = _draft(study, plan, trained, calibration, operating_points(held, probabilities, plan.points))
    _save_members(study, trained)
    held_out = _held_out(trained, splits, len(material.rows))
    manifest = assemble_reader(
        study,
        trained.networks,
        draft,
        prepared=material.images,
        facts=_facts(dataset, material),
        held_out=held_out,
        patients=material.rows["patient"].astype(str).tolist(),
        threads=threads,
    )
    tell(Event("stage", "How far the reader can be trusted"))
    judge(
        HeldOut(
            study, manifest, dataset, material, plan, splits, trained.rows, trained.logits, probabilities,
            held_out, threads, tell, trained.by_view,
        )
    )  # fmt: skip
    _save_validation(study, trained, probabilities)
    return trained.stages


def operating_points(
    truth: Truth, probabilities: NDArray[np.floating], further: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Youden's point, the best at 95 % sensitivity and at 95 % specificity, and further ones.

    Where labels do not exclude each other, the further ones alone, for each label by itself; none otherwise.

    Args:
        truth: of the validation cases.
        probabilities: (n, K) of the same cases.
        further: `points` of the plan.
    """
    if truth.task == "multilabel":
        return _points_of_labels(truth, probabilities, further)
    if truth.positive is None:
        return []
    labels = (truth.labels == truth.positive).astype(int)
    scores = probabilities[:, truth.positive]
    usual = choose_operating_points(labels, scores, clusters=truth.clusters)
    known = {point["name"] for point in usual}
    more = further_points(labels, scores, further, clusters=truth.clusters)
    return [*usual, *(point for point in more if point["name"] not in known)]


def _points_of_labels(
    truth: Truth, probabilities: NDArray[np.floating], wanted: Sequence[str]
) -> list[dict[str, Any]]:
    """The wanted points of each label that some of the cases have and some have not."""
    varying = [k for k in range(len(truth.classes)) if 0 < truth.labels[:, k].mean() < 1]
    return [
        point | {"class": truth.classes[k]}
        for k in varying
        for point in further_points(truth.labels[:, k], probabilities[:, k], wanted, clusters=truth.clusters)
    ]


def _draft(
    study: Study,
    plan: Plan,
    trained: Trained,
    calibration: Calibration,
    points: list[dict[str, Any]],
) -> Manifest:
    return Manifest(
        task=plan.task,
        classes=plan.classes,
        positive=plan.positive,
        architecture=" + ".join(dict.fromkeys(trained.architectures)),
        input=_input(plan),
        calibration=calibration,
        onnx={"file": "model.onnx", "sha256": ""},
        views=trained.views,
        operating_points=tuple(points),
        weights=_weights(plan, trained),
        plan_sha256=study.sha256("plan.json"),
        dataset_sha256=study.sha256("dataset.csv"),
        members=tuple(
            {"file": f"member_{index}.safetensors", "fold": fold, "say": say, **_named(trained, index)}
            for index, (fold, say) in enumerate(zip(trained.folds, trained.say, strict=True))
        ),
    )


def _named(trained: Trained, index: int) -> dict[str, str]:
    """The architecture of a member, where there are several."""
    several = len(set(trained.architectures)) > 1
    return {"architecture": trained.architectures[index]} if several else {}


def _weights(plan: Plan, trained: Trained) -> tuple[dict[str, Any], ...]:
    """What the kept architectures started from."""
    kept = [one for one in entries(plan) if one.architecture in trained.architectures]
    return tuple(vars(origin_of(one.architecture, one.weights)) for one in dict.fromkeys(kept))


def _input(plan: Plan) -> dict[str, Any]:
    """How images are prepared; further steps are named only where there are some."""
    further = {"preparation": [list(step) for step in plan.preparation]} if plan.preparation else {}
    return {"size_px": plan.image_size_px, "resize": plan.resize, "intensity": plan.intensity, **further}


def _save_members(study: Study, trained: Trained) -> None:
    for old in study.path("model").glob("member_*.safetensors"):
        old.unlink()
    for index, network in enumerate(trained.networks):
        with study.writing(f"model/member_{index}.safetensors") as path:
            save_network(network, path)


def _facts(dataset: Dataset, material: Material) -> list[ImageFacts]:
    ages = _ages(material)
    return [
        facts_of(load_image(dataset.root, reference), np.asarray(square), age_years=age)
        for reference, square, age in zip(material.rows["image"], material.images, ages, strict=True)
    ]


def _ages(material: Material) -> list[float | None]:
    """In years, from the first column of the table that is an age; None where nobody says."""
    columns = [column for column in material.rows.columns if kind_of(str(column)) == "age"]
    if not columns:
        return [None] * len(material.rows)
    said = (years(str(value)) for value in material.rows[columns[0]])
    return [None if age is None or np.isnan(age) else age for age in said]


def _held_out(trained: Trained, splits: list[tuple[Rows, Rows]], n: int) -> NDArray[np.bool_]:
    """(n, M) True where member m did not learn from image i.

    The frozen backbone's head is a mean over folds.
    """
    columns = np.zeros((n, len(trained.folds)), dtype=bool)
    for member, fold in enumerate(trained.folds):
        columns[splits[max(fold, 0)][1], member] = True
    return columns


def _save_validation(study: Study, trained: Trained, probabilities: NDArray[np.floating]) -> None:
    """What the validation cases were given, for the evidence."""
    stream = io.BytesIO()
    np.savez(
        stream, rows=trained.rows, logits=trained.logits, early=trained.early, probabilities=probabilities
    )
    with study.writing(VALIDATION_FILE) as path:
        Path(path).write_bytes(stream.getvalue())
