"""What `train` does for a segmentation: members, what is kept of mirroring and tidying, and the files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.dense.export import export_dense
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest
from thirdeye.inference.dense.segment import Reader
from thirdeye.journey.dense.material import DenseMaterial, preparation_of, windows_of
from thirdeye.model.architectures.unet import UNetShape
from thirdeye.model.build import Origin
from thirdeye.model.build_dense import build_dense, widths
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import STEPS_A_ROUND
from thirdeye.training.dense.engine import TorchEngine
from thirdeye.training.dense.loop import DenseMember, DenseRecipe, FittedDense, dice_by_structure, fit_dense
from thirdeye.training.dense.material import DenseCase, dense_case
from thirdeye.training.dense.warp import Warping
from thirdeye.training.event import Event, Listener
from thirdeye.training.machine import use_threads
from thirdeye.training.members import member_key
from thirdeye.transform.dense.tidy import tidied
from thirdeye.transform.dense.windows import most_likely

BETTER_BY = 0.001  # mean Dice on validation data that a choice has to gain
Rows = NDArray[np.int64]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class FittedReader:
    """Trained members and what validation data chose.

    Args:
        networks: members.
        mirrored: axes that are mirrored when reading.
        tidying: number of a structure to what is done to its mask.
        held_out: position of a development case to its label map on the network's grid, tidied.
        history: of each member.
        origin: of the first weights.
    """

    networks: tuple[DenseNetwork, ...]
    mirrored: tuple[int, ...]
    tidying: dict[int, str]
    held_out: dict[int, Labels]
    history: tuple[list[dict[str, float]], ...]
    origin: Origin


def fit_members(
    material: DenseMaterial,
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
    *,
    folder: Path,
    identity: str,
    deadline: float,
    threads: int,
    tell: Listener,
) -> FittedReader:
    """Train every member, read what it did not learn from, and choose by it.

    Args:
        material: development rows.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        folder: where unfinished work is kept.
        identity: of the run.
        deadline: `time.monotonic()` by which the last member should end.
        threads: for torch.
        tell: hears how it goes.
    """
    use_threads(threads)
    n = len(plan.classes)
    cases = [
        dense_case(image, target, n_structures=n)
        for image, target in zip(material.images, material.targets, strict=True)
    ]
    recipe = recipe_of(plan)
    fitted: list[FittedDense] = []
    origin = Origin(plan.architecture, "random", None, "Apache-2.0")
    for index, (train, holdout) in enumerate(splits):
        tell(Event("stage", f"Network {index + 1} of {len(splits)}"))
        network, origin = build_dense(plan.architecture, shape_of(plan), supervised=plan.supervised)
        share = time.monotonic() + (deadline - time.monotonic()) / (len(splits) - index)
        member = DenseMember(index, train, holdout, member_key(identity, index))
        fitted.append(
            fit_dense(
                network, cases, member, recipe, n_outputs=n + 1, on_round=_progress(tell, plan.rounds),
                deadline=share, checkpoint_path=folder / f"dense_{index}.checkpoint.pt",
            )
        )  # fmt: skip
    networks = tuple(one.network for one in fitted)
    tell(Event("stage", "Reading what no member learnt from"))
    mirrored, plain = _choose_mirroring(networks, cases, splits, plan)
    tidying, held_out = _choose_tidying(plain, cases, plan)
    histories = tuple(one.history for one in fitted)
    return FittedReader(networks, mirrored, tidying, held_out, histories, origin)


def shape_of(plan: DensePlan) -> UNetShape:
    """Of the plan's U-Net."""
    return UNetShape(
        plan.channels, len(plan.classes) + 1, widths(plan.width, plan.levels), plan.strides, plan.kernels
    )


def recipe_of(plan: DensePlan) -> DenseRecipe:
    """How a member is trained under a plan."""
    return DenseRecipe(
        patch=plan.patch, batch_size=plan.batch_size, rounds=plan.rounds, steps=STEPS_A_ROUND,
        learning_rate=plan.learning_rate, weight_decay=plan.weight_decay, encoder_rate=plan.encoder_rate,
        loss=plan.loss, foreground=plan.foreground,
        warping=Warping(plan.turn_deg, plan.turned_axes, plan.scale, plan.warped), mirrored=plan.mirrored,
        tone=plan.tone, precision=plan.precision, averaging=plan.averaging, overlap=plan.overlap,
        seed=plan.seed,
    )  # fmt: skip


def write_reader(study: Study, fitted: FittedReader, plan: DensePlan) -> list[str]:
    """Write the members and ``model.json``; the names of the files."""
    study.path("model").mkdir(parents=True, exist_ok=True)
    files: list[dict[str, str]] = []
    for index, network in enumerate(fitted.networks):
        name = f"member_{index}.onnx"
        sha256 = export_dense(network, study.path(f"model/{name}"), channels=plan.channels, patch=plan.patch)
        files.append({"file": name, "sha256": sha256})
    manifest = DenseManifest(
        task=plan.task, classes=plan.classes, architecture=plan.architecture,
        preparation=preparation_of(plan), windows=windows_of(plan), mirrored=fitted.mirrored,
        tidying=fitted.tidying, onnx=tuple(files),
        members=tuple({"file": one["file"], "fold": index} for index, one in enumerate(files)),
        weights=(vars(fitted.origin),), plan_sha256=study.sha256("plan.json"),
        dataset_sha256=study.sha256("dataset.csv"),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return [MANIFEST_FILE, *(f"model/{one['file']}" for one in files)]


def _progress(tell: Listener, rounds: int) -> Callable[[dict[str, float]], None]:
    def on_round(record: dict[str, float]) -> None:
        quality = record.get("validation_metric")
        text = f"loss {record['train_loss']:.3f}" + ("" if quality is None else f", Dice {quality:.3f}")
        tell(Event("progress", text, min(1.0, record["epoch"] / rounds)))

    return on_round


def _choose_mirroring(
    networks: Sequence[DenseNetwork],
    cases: Sequence[DenseCase],
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
) -> tuple[tuple[int, ...], dict[int, Labels]]:
    """Mirrored views where they gain on validation data; the label maps of held-out cases."""
    plain = _held_out(networks, cases, splits, plan, ())
    if not plan.mirrored:
        return (), plain
    seen = _held_out(networks, cases, splits, plan, plan.mirrored)
    gain = _quality(seen, cases, plan) - _quality(plain, cases, plan)
    return (plan.mirrored, seen) if gain > BETTER_BY else ((), plain)


def _held_out(
    networks: Sequence[DenseNetwork],
    cases: Sequence[DenseCase],
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
    mirrored: tuple[int, ...],
) -> dict[int, Labels]:
    """Each held-out case read by the members that did not learn from it."""
    labels: dict[int, Labels] = {}
    for row in sorted({int(row) for _, holdout in splits for row in holdout}):
        own: list[Any] = [
            TorchEngine(network, plan.precision)
            for network, (_, holdout) in zip(networks, splits, strict=True)
            if row in holdout
        ]
        reader = Reader(own, mirrored)
        labels[row] = most_likely(
            np.asarray(cases[row].image), reader.run, windows_of(plan), n_outputs=len(plan.classes) + 1
        )
    return labels


def _quality(labels: dict[int, Labels], cases: Sequence[DenseCase], plan: DensePlan) -> float:
    """Mean over structures of the mean Dice over cases."""
    table = np.array(
        [
            dice_by_structure(found, np.asarray(cases[row].target), len(plan.classes) + 1)
            for row, found in labels.items()
        ]
    )
    return float(np.nanmean(np.nanmean(table, axis=0))) if table.size else float("nan")


def _choose_tidying(
    labels: dict[int, Labels], cases: Sequence[DenseCase], plan: DensePlan
) -> tuple[dict[int, str], dict[int, Labels]]:
    """For each structure the candidate with the highest mean Dice on validation data, "none" on a tie."""
    chosen: dict[int, str] = {}
    for number in range(1, len(plan.classes) + 1):
        reached = {name: _dice_with(labels, cases, number, name) for name in plan.tidying}
        best = max(reached, key=lambda name: (reached[name], name == "none"))
        if best != "none" and reached[best] > reached.get("none", 0.0) + BETTER_BY:
            chosen[number] = best
    return chosen, {row: tidied(found, chosen) for row, found in labels.items()}


def _dice_with(labels: dict[int, Labels], cases: Sequence[DenseCase], number: int, name: str) -> float:
    values = [
        dice_by_structure(tidied(found, {number: name}), np.asarray(cases[row].target), number + 1)[
            number - 1
        ]
        for row, found in labels.items()
    ]
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else 0.0
