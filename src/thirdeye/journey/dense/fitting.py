"""What `train` does for a segmentation: members, what is kept of mirroring and tidying, and the files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.pixel_auc import Counts
from thirdeye.inference.dense.export import export_dense
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest
from thirdeye.intake.joined import Channel
from thirdeye.journey.dense.choosing import choose_tidying, quality_of, read_held_out
from thirdeye.journey.dense.material import DenseMaterial, preparation_of, windows_of
from thirdeye.journey.dense.reserve import Reserve
from thirdeye.model.build import Origin
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.label import LabelTask
from thirdeye.training.dense.loop import DenseMember, FittedDense
from thirdeye.training.dense.material import dense_case
from thirdeye.training.dense.members import fit_or_load
from thirdeye.training.event import Event, Listener
from thirdeye.training.machine import use_threads
from thirdeye.training.members import member_key
from thirdeye.transform.dense.tidy import tidied

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
        pixels: position of a development case to its pixels by their scores, see `HeldOut`.
    """

    networks: tuple[DenseNetwork, ...]
    mirrored: tuple[int, ...]
    tidying: dict[int, str]
    held_out: dict[int, Labels]
    history: tuple[list[dict[str, float]], ...]
    origin: Origin
    pixels: dict[int, Counts] = field(default_factory=dict)


def fit_members(
    material: DenseMaterial,
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
    *,
    folder: Path,
    identity: str,
    n_test: int,
    deadline: float,
    threads: int,
    tell: Listener,
    label: LabelTask | None = None,
) -> FittedReader:
    """Train every member, read what it did not learn from, and choose by it.

    Args:
        material: development rows.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        folder: where unfinished work and finished members are kept.
        identity: of the run.
        n_test: cases of the test part, for which reading time is left.
        deadline: `time.monotonic()` by which the whole run should end.
        threads: for torch.
        tell: hears how it goes.
        label: what there is to learn besides the masks.
    """
    use_threads(threads)
    cases = [
        dense_case(image, target, n_structures=len(plan.classes), background=plan.sampling == "classes")
        for image, target in zip(material.images, material.targets, strict=True)
    ]
    reserve = Reserve(
        plan.budget_s, plan.axes, len(cases), n_test, len(splits), views=2 ** len(plan.mirrored)
    )
    read_by = deadline - reserve.evidence_s
    fitted: list[FittedDense] = []
    origin = Origin(plan.architecture, "random", None, "Apache-2.0")
    owed = 0.0
    for index, (train, holdout) in enumerate(splits):
        tell(Event("stage", f"Network {index + 1} of {len(splits)}"))
        share_s = (read_by - owed - time.monotonic()) / (len(splits) - index)
        one, origin = fit_or_load(
            cases, DenseMember(index, train, holdout, member_key(identity, index)), plan, folder=folder,
            deadline=time.monotonic() + share_s, on_round=_progress(tell, plan.rounds),
            final_s=partial(reserve.reading_s, held_out=len(holdout)), label=label,
        )  # fmt: skip
        owed += reserve.reading_s(one.case_s, len(holdout))
        fitted.append(one)
    networks = tuple(one.network for one in fitted)
    tell(Event("stage", "Reading what no member learnt from"))
    test_s = sum(reserve.reading_s(one.case_s, 0) for one in fitted)
    seen = read_held_out(networks, cases, splits, plan, until=read_by - test_s)
    for one, (_, holdout) in zip(fitted, splits, strict=True):
        own = {row: labels for row, labels in seen.labels.items() if row in holdout}
        one.history[-1]["validation_metric"] = quality_of(own, cases, plan)
    tidying = choose_tidying(seen.labels, cases, plan)
    held_out = {row: tidied(labels, tidying) for row, labels in seen.labels.items()}
    return FittedReader(
        networks, seen.mirrored, tidying, held_out, tuple(one.history for one in fitted), origin,
        seen.pixels,
    )  # fmt: skip


def write_reader(
    study: Study, fitted: FittedReader, plan: DensePlan, channels: Sequence[Channel] = ()
) -> list[str]:
    """Write the members and ``model.json``; the names of the files.

    Args:
        study: where to.
        fitted: members and choices.
        plan: every value.
        channels: of a case that lie in files of their own.
    """
    study.path("model").mkdir(parents=True, exist_ok=True)
    files, windows = list[dict[str, str]](), windows_of(plan)
    for index, network in enumerate(fitted.networks):
        name = f"member_{index}.onnx"
        sha256 = export_dense(network, study.path(f"model/{name}"), channels=plan.inputs, patch=windows.seen)
        files.append({"file": name, "sha256": sha256})
    manifest = DenseManifest(
        task=plan.task, classes=plan.classes, architecture=plan.architecture,
        preparation=preparation_of(plan), windows=windows, mirrored=fitted.mirrored,
        tidying=fitted.tidying, onnx=tuple(files),
        members=tuple({"file": one["file"], "fold": index} for index, one in enumerate(files)),
        weights=(vars(fitted.origin),), plan_sha256=study.sha256("plan.json"),
        dataset_sha256=study.sha256("dataset.csv"), channels=tuple(map(asdict, channels)),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return [MANIFEST_FILE, *(f"model/{one['file']}" for one in files)]


def _progress(tell: Listener, rounds: int) -> Callable[[dict[str, float]], None]:
    def on_round(record: dict[str, float]) -> None:
        quality = record.get("validation_metric")
        text = f"loss {record['train_loss']:.3f}" + ("" if quality is None else f", Dice {quality:.3f}")
        tell(Event("progress", text, min(1.0, record["epoch"] / rounds)))

    return on_round
