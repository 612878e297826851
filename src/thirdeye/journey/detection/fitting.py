"""What `train` does for a detection with a network: members, suppression, and the files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.detector import Finding, find_in, in_pixels_of
from thirdeye.inference.detection.export import export_detector
from thirdeye.inference.detection.fuse import fused
from thirdeye.inference.detection.heads import window_reader
from thirdeye.inference.detection.manifest import MANIFEST_FILE, DetectionManifest
from thirdeye.inference.detection.suppress import Suppression, suppressed
from thirdeye.inference.detection.tiles import Tiling, read_image
from thirdeye.journey.detection.material import DetectionMaterial, preparation_of
from thirdeye.journey.detection.quality import mean_ap50
from thirdeye.model.build import Origin
from thirdeye.model.build_detector import build_detector
from thirdeye.model.detectors.detection_network import DetectionNetwork
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.detection.rules import STEPS_A_ROUND
from thirdeye.training.detection.case import DetectionCase
from thirdeye.training.detection.engine import torch_runs
from thirdeye.training.detection.loop import (
    DetectionMember,
    DetectionRecipe,
    FittedDetector,
    fit_detector,
)
from thirdeye.training.detection.window import Augmentation
from thirdeye.training.event import Event, Listener
from thirdeye.training.machine import use_threads
from thirdeye.training.members import member_key
from thirdeye.transform.detection.places import Places, places_of

LOWEST_SCORE = 0.02  # below which nothing is reported
MOST_BOXES = 300
MOST_CHECKED = 24  # held-out images read while a member trains; all of them afterwards
BETTER_BY = 0.002  # mean AP50 on validation data that a choice has to gain
Rows = NDArray[np.int64]
Splits = Sequence[tuple[Rows, Rows]]


@dataclass(frozen=True)
class FittedMembers:
    """Trained members and what validation data chose.

    Args:
        members: each with its network and history.
        suppression: what becomes of overlapping boxes.
        held_out: position of a development image to what was found, in pixels of the image as stored.
        tried: every candidate of the suppression, with the mean AP50 that it reached.
        origin: of the first weights.
    """

    members: tuple[FittedDetector, ...]
    suppression: Suppression
    held_out: dict[int, Detections]
    tried: tuple[dict[str, float | str], ...]
    origin: Origin


def fit_members(
    material: DetectionMaterial,
    splits: Splits,
    plan: DetectionPlan,
    *,
    folder: Path,
    identity: str,
    deadline: float,
    threads: int,
    tell: Listener,
) -> FittedMembers:
    """Train every member, read what it did not learn from, and choose by it.

    Args:
        material: development rows.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        folder: where finished members and unfinished work are kept.
        identity: of the run.
        deadline: `time.monotonic()` by which the last member should end.
        threads: for torch.
        tell: hears how it goes.
    """
    use_threads(threads)
    fitted: list[FittedDetector] = []
    origin = Origin(plan.architecture, "random", None, "Apache-2.0")
    for index, (train, holdout) in enumerate(splits):
        tell(Event("stage", f"Network {index + 1} of {len(splits)}"))
        network, origin = build_detector(
            plan.architecture, anchors_of(plan), n_classes=len(plan.classes), width=plan.width,
            weights=plan.weights, seed=int(np.random.default_rng([plan.seed, index]).integers(2**31)),
        )  # fmt: skip
        share = time.monotonic() + (deadline - time.monotonic()) / (len(splits) - index)
        member = DetectionMember(index, train, holdout, member_key(identity, index))
        fitted.append(
            fit_detector(
                network, material.cases, member, recipe_of(plan), on_round=_progress(tell, plan.rounds),
                check=_check(material.cases, holdout, plan), deadline=share,
                stem=folder / f"detection_{index}",
            )
        )  # fmt: skip
    tell(Event("stage", "Reading what no member learnt from"))
    raw = _read_held_out(fitted, material, splits, plan)
    suppression, tried = choose_suppression(raw, material, plan)
    held_out = _in_stored_pixels(_with(raw, suppression), material)
    return FittedMembers(tuple(fitted), suppression, held_out, tried, origin)


def anchors_of(plan: DetectionPlan) -> Places:
    """Levels of the plan's pyramid, and what each looks for."""
    return places_of(plan.architecture, plan.strides, plan.anchors, plan.ratios)


def tiling_of(plan: DetectionPlan) -> Tiling:
    """In which windows images are read under a plan."""
    return Tiling(plan.tile_px, plan.overlap, anchors_of(plan).multiple)


def recipe_of(plan: DetectionPlan) -> DetectionRecipe:
    """How a member is trained under a plan."""
    return DetectionRecipe(
        batch_size=plan.batch_size, rounds=plan.rounds, steps=STEPS_A_ROUND, learning_rate=plan.learning_rate,
        weight_decay=plan.weight_decay, encoder_rate=plan.encoder_rate,
        augmentation=Augmentation(plan.tile_px, plan.scale, plan.mirrored, plan.mosaic, plan.tone),
        precision=plan.precision, averaging=plan.averaging,
        seed=plan.seed, optimiser=plan.optimiser, schedule=plan.schedule,
    )  # fmt: skip


def write_detector(study: Study, fitted: FittedMembers, plan: DetectionPlan) -> list[str]:
    """Write the members and ``model.json``; the names of the files."""
    study.path("model").mkdir(parents=True, exist_ok=True)
    files: list[dict[str, str]] = []
    members = []
    for index, one in enumerate(fitted.members):
        own = export_detector(one.network, study.path("model"), f"member_{index}")
        members.append({"files": [file["file"] for file in own], "fold": index})
        files += own
    manifest = DetectionManifest(
        task=plan.task, classes=plan.classes, technique=plan.technique, architecture=plan.architecture,
        preparation=preparation_of(plan), tile_px=plan.tile_px, overlap=plan.overlap, strides=plan.strides,
        anchors=plan.anchors, ratios=plan.ratios, suppression=fitted.suppression, lowest_score=LOWEST_SCORE,
        most_boxes=MOST_BOXES, onnx=tuple(files), members=tuple(members),
        details={"suppressions_tried": list(fitted.tried)}, weights=(vars(fitted.origin),),
        plan_sha256=study.sha256("plan.json"), dataset_sha256=study.sha256("dataset.csv"),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return [MANIFEST_FILE, *(f"model/{one['file']}" for one in files)]


def choose_suppression(
    raw: dict[int, list[Detections]], material: DetectionMaterial, plan: DetectionPlan
) -> tuple[Suppression, tuple[dict[str, float | str], ...]]:
    """The candidate with the highest mean AP50 on validation data; on a tie the first.

    Args:
        raw: position of a held-out image to what each of its members found, before suppression.
        material: with the reference.
        plan: with the candidates.
    """
    truth = truth_of(material.cases, np.array(sorted(raw), np.int64))
    best, reached = _suppression(plan.suppressions[0]), -1.0
    tried: list[dict[str, float | str]] = []
    for candidate in plan.suppressions:
        one = _suppression(candidate)
        quality = mean_ap50(_with(raw, one), truth) or 0.0
        tried.append({"name": candidate[0], "value": candidate[1], "ap50_mean": round(quality, 4)})
        if quality > reached + BETTER_BY:
            best, reached = one, quality
    return best, tuple(tried)


def _suppression(candidate: tuple[str, float]) -> Suppression:
    name, value = candidate
    return Suppression(name, iou=value) if name == "hard" else Suppression(name, sigma=value)


def _progress(tell: Listener, rounds: int) -> Callable[[dict[str, float]], None]:
    def on_round(record: dict[str, float]) -> None:
        quality = record.get("validation_metric")
        text = f"loss {record['train_loss']:.3f}" + ("" if quality is None else f", mean AP50 {quality:.3f}")
        tell(Event("progress", text, min(1.0, record["epoch"] / rounds)))

    return on_round


def _check(
    cases: list[DetectionCase], holdout: Rows, plan: DetectionPlan
) -> Callable[[DetectionNetwork], float | None]:
    """Mean AP50 over some held-out images."""
    rows = holdout[:: max(1, len(holdout) // MOST_CHECKED)][:MOST_CHECKED]
    how = Finding(tiling_of(plan), _suppression(plan.suppressions[0]), LOWEST_SCORE, MOST_BOXES)

    def check(network: DetectionNetwork) -> float | None:
        reader = window_reader(torch_runs(network), network.anchors)
        found = {int(row): find_in(cases[row].array(), [reader], how) for row in rows}
        return mean_ap50(found, truth_of(cases, rows))

    return check


def truth_of(
    cases: Sequence[DetectionCase], rows: Rows
) -> dict[int, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Position of a case to its boxes, in prepared pixels, and their classes."""
    return {int(row): (cases[row].boxes, cases[row].classes) for row in rows}


def _read_held_out(
    fitted: Sequence[FittedDetector], material: DetectionMaterial, splits: Splits, plan: DetectionPlan
) -> dict[int, list[Detections]]:
    """What members that did not learn from an image find in it: before suppression, in prepared pixels."""
    raw: dict[int, list[Detections]] = {}
    for one, (_, holdout) in zip(fitted, splits, strict=True):
        reader = window_reader(torch_runs(one.network), one.network.anchors)
        for row in map(int, holdout):
            array = material.cases[row].array()
            found = read_image(array, reader, tiling_of(plan), lowest=LOWEST_SCORE)
            raw.setdefault(row, []).append(found)
    return raw


def _with(raw: dict[int, list[Detections]], how: Suppression) -> dict[int, Detections]:
    return {
        row: fused(
            [suppressed(one, how, lowest=LOWEST_SCORE, most=MOST_BOXES) for one in several], most=MOST_BOXES
        )
        for row, several in raw.items()
    }


def _in_stored_pixels(found: dict[int, Detections], material: DetectionMaterial) -> dict[int, Detections]:
    return {
        row: in_pixels_of(one, material.cases[row].sides, material.own_sides[row])
        for row, one in found.items()
    }
