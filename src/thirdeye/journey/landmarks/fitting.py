"""What `train` does for landmarks: members of both looks, what validation images choose, and the files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.dense.export import export_dense
from thirdeye.inference.landmarks.manifest import MANIFEST_FILE, LandmarkManifest
from thirdeye.inference.landmarks.points import Points
from thirdeye.journey.landmarks.choosing import Found, choose_first, choose_second, choose_settling
from thirdeye.journey.landmarks.material import LandmarkMaterial, canvas_of
from thirdeye.model.build import Origin
from thirdeye.model.build_landmarks import build_first, build_landmarks
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.plan.landmarks.rules import FINE_SHARE, STEPS_A_ROUND
from thirdeye.training.course import Course, Learnt, learn, seed_torch
from thirdeye.training.dense.engine import TorchEngine
from thirdeye.training.event import Event, Listener
from thirdeye.training.landmarks.lessons import JITTER, CropLesson, WholeLesson
from thirdeye.training.landmarks.patches import PatchTeaching
from thirdeye.training.landmarks.warp import Change
from thirdeye.training.machine import use_threads
from thirdeye.training.members import member_key
from thirdeye.transform.landmarks.canvas import Frame
from thirdeye.transform.landmarks.looks import First, Second, second_maps
from thirdeye.transform.landmarks.pairs import PairModel, pair_model
from thirdeye.transform.landmarks.shape import ShapeModel, shape_model

DOUBTFUL_SHARE = 0.05  # of the landmarks of validation images counts as doubtful
AGREEMENTS = (1.0, 4.0, 16.0)  # candidates of the weight of how landmarks lie to each other
FINE_LEAST = 0.1  # of the time of the second look, below which it is not begun
FINE_STRIDE = 2
FINE_WIDTHS = (96, 64, 48)
FINE_COARSEST = 16
NARROWEST_PRIOR, WIDEST_PRIOR = 1 / 32, 1 / 6  # of a crop's side

Rows = NDArray[np.int64]
Splits = Sequence[tuple[Rows, Rows]]
Network = Learnt[DenseNetwork]


@dataclass(frozen=True)
class FittedFinder:
    """Trained members and what validation images chose.

    Args:
        first_networks, second_networks: members of each look.
        first, second: how they read; `second` is None where a second look does not help.
        shape: of all development images, where a shape model is used.
        pairs: of all development images, where places are chosen together.
        settle: how far points may lie from it before they are drawn to it; 0: they stay.
        held_out: position of a development row to its points.
        history: of each member, both looks one after the other.
        origin: of the first weights.
    """

    first_networks: tuple[DenseNetwork, ...]
    second_networks: tuple[DenseNetwork, ...]
    first: First
    second: Second | None
    shape: ShapeModel | None
    pairs: PairModel | None
    settle: float
    held_out: dict[int, Points]
    history: tuple[list[dict[str, float]], ...]
    origin: Origin


@dataclass(frozen=True)
class _Setting:
    """What every member is trained with."""

    material: LandmarkMaterial
    splits: Splits
    plan: LandmarkPlan
    folder: Path
    identity: str
    tell: Listener


def fit_finder(
    material: LandmarkMaterial,
    splits: Splits,
    plan: LandmarkPlan,
    *,
    folder: Path,
    identity: str,
    deadline: float,
    threads: int,
    tell: Listener,
) -> FittedFinder:
    """Train the members of the first look, choose how it reads, then the same for the second.

    Args:
        material: development rows.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        folder: where finished networks and unfinished work are kept.
        identity: of the run.
        deadline: `time.monotonic()` by which the last member should end.
        threads: for torch.
        tell: hears how it goes.
    """
    use_threads(threads)
    setting = _Setting(material, splits, plan, folder, identity, tell)
    now = time.monotonic()
    share = 1 - FINE_SHARE if plan.zoom else 1.0
    learnt, origin = _first_members(setting, now + share * (deadline - now))
    tell(Event("stage", "Reading what no member learnt from"))
    shapes = [shape_model(material.points[train]) for train, _ in splits]
    pairs = [_pairs(setting, train) for train, _ in splits]
    first, found = choose_first(
        [TorchEngine(one.network, "fp32") for one in learnt], shapes, splits, material, first_of(plan),
        decodings=plan.decoding, thresholds=plan.shape if all(shapes) else (0.0,),
        pairs=pairs, agreements=AGREEMENTS if all(pairs) else (0.0,),
    )  # fmt: skip
    second, again, further = None, found, []
    by = deadline - _reading_again_s(setting, found) if plan.zoom else 0.0
    least_s = FINE_LEAST * FINE_SHARE * (deadline - now)
    if plan.zoom and by - time.monotonic() < least_s:
        tell(Event("note", "no second look: the time that is left would not be enough to learn it"))
    elif plan.zoom:
        further = _second_members(setting, found, by)
        tell(Event("stage", "Looking again at what no member learnt from"))
        second, again = choose_second(
            [TorchEngine(one.network, "fp32") for one in further], splits, material, found,
            second_of(plan, _prior(setting, found)), decodings=plan.decoding,
        )  # fmt: skip
    frames = material.frames if second is None else material.fine_frames
    candidates = plan.settle if all(shapes) else (0.0,)
    settle, held_out = choose_settling(_points(again, frames), shapes, splits, material.points, candidates)
    return FittedFinder(
        tuple(one.network for one in learnt),
        tuple(one.network for one in further) if second is not None else (),
        first,
        second,
        shape_model(material.points) if first.below > 0 or settle > 0 else None,
        _pairs(setting, np.arange(len(material.points))) if first.agreement > 0 else None,
        settle,
        held_out,
        tuple(_joined(index, learnt, further) for index in range(len(learnt))),
        origin,
    )


def first_of(plan: LandmarkPlan) -> First:
    """How the first look reads before validation images have chosen."""
    return First(
        canvas_of(plan), plan.stride, plan.spread, plan.loss == "cross_entropy", plan.decoding[0], False,
        plan.swapped, 0.0,
    )  # fmt: skip


def patches_of(plan: LandmarkPlan) -> PatchTeaching | None:
    """How patches count; None of a plan that teaches maps."""
    if plan.technique != "patches":
        return None
    return PatchTeaching(plan.positive_px, plan.rings, plan.hard)


def second_of(plan: LandmarkPlan, prior_px: float) -> Second:
    """How the second look reads before validation images have chosen."""
    return Second(plan.zoom, plan.crop_px, FINE_STRIDE, plan.spread, prior_px, plan.decoding[0])


def write_finder(study: Study, fitted: FittedFinder, plan: LandmarkPlan) -> list[str]:
    """Write the networks and ``model.json``; the names of the files."""
    study.path("model").mkdir(parents=True, exist_ok=True)
    files: list[dict[str, str]] = []
    looks = (
        ("first", fitted.first_networks, (plan.canvas[0], plan.canvas[1])),
        ("second", fitted.second_networks, (plan.crop_px, plan.crop_px)),
    )
    for look, networks, sides in looks:
        for index, network in enumerate(networks):
            name = f"{look}_{index}.onnx"
            sha256 = export_dense(network, study.path(f"model/{name}"), channels=plan.channels, patch=sides)
            files.append({"file": name, "sha256": sha256, "look": look})
    certainty = np.concatenate([points.certainty for points in fitted.held_out.values()])
    manifest = LandmarkManifest(
        task=plan.task, classes=plan.classes, architecture=plan.architecture, first=fitted.first,
        second=fitted.second, shape=fitted.shape, pairs=fitted.pairs, settle=fitted.settle,
        doubtful_below=float(np.quantile(certainty, DOUBTFUL_SHARE)), onnx=tuple(files),
        members=tuple(
            {"file": one["file"], "fold": index % len(fitted.first_networks)}
            for index, one in enumerate(files)
        ),
        weights=(vars(fitted.origin),), plan_sha256=study.sha256("plan.json"),
        dataset_sha256=study.sha256("dataset.csv"),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return [MANIFEST_FILE, *(f"model/{one['file']}" for one in files)]


def _first_members(setting: _Setting, deadline: float) -> tuple[list[Network], Origin]:
    plan, material = setting.plan, setting.material
    learnt: list[Network] = []
    origin = Origin(plan.architecture, "random", None, "Apache-2.0")
    places = np.stack([f.onto(p) for f, p in zip(material.frames, material.points, strict=True)])
    for index, (train, holdout) in enumerate(setting.splits):
        setting.tell(Event("stage", f"Network {index + 1} of {len(setting.splits)}, the whole image"))
        seed_torch(plan.seed, index, 0)
        network, origin = build_first(plan)
        lesson = WholeLesson(
            material.coarse, places, train, holdout, first_of(plan), _change(plan, plan.shift), plan.loss,
            plan.batch_size, patches_of(plan),
        )  # fmt: skip
        ends = time.monotonic() + (deadline - time.monotonic()) / (len(setting.splits) - index)
        learnt.append(
            learn(
                network, lesson, course_of(plan, index, 0, setting.identity), deadline=ends,
                on_round=_progress(setting.tell, plan.rounds),
                stem=setting.folder / f"landmarks_{index}_0",
            )
        )  # fmt: skip
    return learnt, origin


def _pairs(setting: _Setting, rows: Rows) -> PairModel | None:
    """How landmarks of these images lie to each other on the canvas; None where nobody asks."""
    if setting.plan.assignment != "pairwise":
        return None
    frames, points = setting.material.frames, setting.material.points
    return pair_model(np.stack([frames[row].onto(points[row]) for row in rows]))


def _second_members(setting: _Setting, found: Found, deadline: float) -> list[Network]:
    plan, material = setting.plan, setting.material
    learnt: list[Network] = []
    places = np.stack([f.onto(p) for f, p in zip(material.fine_frames, material.points, strict=True)])
    expected = {
        row: _between(xy, material.frames[row], material.fine_frames[row]) for row, (xy, _) in found.items()
    }
    how = second_of(plan, _prior(setting, found))
    for index, (train, holdout) in enumerate(setting.splits):
        setting.tell(Event("stage", f"Network {index + 1} of {len(setting.splits)}, the second look"))
        seed_torch(plan.seed, index, 1)
        network, _ = build_landmarks(
            plan.architecture, n_out=len(plan.classes), widths=FINE_WIDTHS, coarsest=FINE_COARSEST
        )
        change = _change(plan, JITTER)
        lesson = CropLesson(material.fine, places, expected, train, holdout, how, change, plan.crops)
        ends = time.monotonic() + (deadline - time.monotonic()) / (len(setting.splits) - index)
        learnt.append(
            learn(
                network, lesson, course_of(plan, index, 1, setting.identity, f"/{how.prior_px}"),
                deadline=ends, on_round=_progress(setting.tell, plan.fine_rounds),
                stem=setting.folder / f"landmarks_{index}_1",
            )
        )  # fmt: skip
    return learnt


def _reading_again_s(setting: _Setting, found: Found) -> float:
    """Seconds in which the second look will read what no member learnt from, by reading one image."""
    plan, material = setting.plan, setting.material
    network, _ = build_landmarks(
        plan.architecture, n_out=len(plan.classes), widths=FINE_WIDTHS, coarsest=FINE_COARSEST
    )
    row = next(iter(found))
    places = _between(found[row][0], material.frames[row], material.fine_frames[row])
    readings = sum(len(holdout) for _, holdout in setting.splits)
    began = time.monotonic()
    second_maps(
        [TorchEngine(network.eval(), "fp32")], material.fine[row], places,
        second_of(plan, _prior(setting, found)),
    )  # fmt: skip
    return (time.monotonic() - began) * readings


def _prior(setting: _Setting, found: Found) -> float:
    """Deviation along an axis of the first look's error, on the finer canvas, within bounds.

    It follows from the median: the largest errors, which a second look cannot mend, do not count.
    """
    material, side = setting.material, setting.plan.crop_px
    gaps = [
        np.linalg.norm(
            material.fine_frames[row].onto(material.frames[row].back(xy))
            - material.fine_frames[row].onto(material.points[row]),
            axis=1,
        )
        for row, (xy, _) in found.items()
    ]
    middle = float(np.nanmedian(np.concatenate(gaps))) / 1.18  # median of a two-dimensional normal: 1.18 sd
    return round(min(WIDEST_PRIOR * side, max(NARROWEST_PRIOR * side, 1.5 * middle)), 1)


def course_of(plan: LandmarkPlan, index: int, look: int, identity: str, learnt_with: str = "") -> Course:
    """How the network of a member's first (0) or second (1) look is trained.

    Args:
        plan: every value.
        index: number of the member.
        look: 0 or 1.
        identity: of the run.
        learnt_with: what its lessons depend on beside plan and data.
    """
    return Course(
        rounds=plan.fine_rounds if look else plan.rounds, steps=STEPS_A_ROUND,
        learning_rate=plan.learning_rate, weight_decay=plan.weight_decay, encoder_rate=plan.encoder_rate,
        averaging=plan.averaging, seed=plan.seed, index=(index, look),
        optimiser=plan.optimiser, schedule=plan.schedule,
        key=member_key(f"{identity}/{look}{learnt_with}", index),
    )  # fmt: skip


def _change(plan: LandmarkPlan, shift: float) -> Change:
    return Change(plan.turn_deg, plan.scale, shift, plan.tone, plan.swapped)


def _progress(tell: Listener, rounds: int) -> Callable[[dict[str, float]], None]:
    def on_round(record: dict[str, float]) -> None:
        distance = record.get("validation_metric")
        text = f"loss {record['train_loss']:.3f}"
        text += "" if distance is None else f", mean distance {distance:.1f} px"
        tell(Event("progress", text, min(1.0, record["epoch"] / rounds)))

    return on_round


def _joined(index: int, first: list[Network], second: list[Network]) -> list[dict[str, float]]:
    """History of a member: the rounds of the second look are numbered after those of the first."""
    history = list(first[index].history)
    if not second:
        return history
    after, seconds = len(history), history[-1]["seconds"] if history else 0.0
    return history + [
        {**record, "epoch": record["epoch"] + after, "seconds": record["seconds"] + seconds}
        for record in second[index].history
    ]


def _points(found: Found, frames: Sequence[Frame]) -> dict[int, Points]:
    return {row: Points(frames[row].back(xy), certainty) for row, (xy, certainty) in found.items()}


def _between(xy: NDArray[np.float64], own: Frame, other: Frame) -> NDArray[np.float64]:
    return other.onto(own.back(xy))
