"""`train` for a detection by sliding: rounds of hard negatives, choices on held-out images, the files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.manifest import MANIFEST_FILE, DetectionManifest
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.inference.sliding.export import export_sliding
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.detection.held_out import save_held_out
from thirdeye.journey.detection.sliding_material import SlidingMaterial, gather_sliding
from thirdeye.journey.located.told_rounds import write_rounds
from thirdeye.journey.material import VALIDATION_FILE, member_splits
from thirdeye.model.build import Origin
from thirdeye.plan.detection.networks import SLIDING_NETWORKS
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.detection.rules import RESERVED_SHARE
from thirdeye.training.event import Event, Listener
from thirdeye.training.machine import use_threads
from thirdeye.training.members import member_key
from thirdeye.training.sliding.engine import torch_engine
from thirdeye.training.sliding.loop import SlidingRecipe
from thirdeye.training.sliding.rounds import BETTER_BY, FittedSliding, Mining, SlidingMember, fit_sliding
from thirdeye.training.sliding.score import score_peaks
from thirdeye.transform.dense.prepare import Preparation
from thirdeye.transform.sliding.committee import UPRIGHT, Committee
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings, boxes_around, peaks_of
from thirdeye.transform.sliding.tiles import Field
from thirdeye.transform.sliding.view import View, painting_steps

MINING_FILE = "runs/mining.json"
CHOOSING_SHARE = 0.1  # of the time until the deadline, for reading held-out images in several views
MOST_BOXES = 2000

Splits = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]


def settings_of(plan: DetectionPlan) -> SlidingSettings:
    """How images are read under a plan, upright."""
    sides = sorted((width + height) / 2 for width, height in plan.object_px)
    side = sides[len(sides) // 2] * plan.view_scale
    shape, share = plan.smoothing
    return SlidingSettings(
        view=View(plan.view_scale, plan.channels, painting_steps(plan.preparation)),
        field=Field(SLIDING_NETWORKS[plan.architecture].side_px, plan.answers_px),
        sizes_px=plan.object_px,
        smoothing_px=share * side,
        radius_px=plan.apart_sides * side if plan.apart_sides else plan.apart_px * plan.view_scale,
        smoothing_shape=shape,
    )


def names_of(plan: DetectionPlan) -> tuple[str, ...]:
    """The networks of each member."""
    return (plan.architecture, *plan.networks)


def train_sliding(
    study: Study,
    dataset: Dataset,
    regions: RegionTable,
    plan: DetectionPlan,
    *,
    identity: str,
    started: float,
    tell: Listener,
) -> list[str]:
    """Train, choose and write the detector of a planned study whose technique is "sliding".

    Args:
        study: with a plan.
        dataset, regions: of the study.
        plan: every value.
        identity: hash of plan and dataset.
        started: `time.monotonic()` of the run.
        tell: hears how it goes.

    Returns:
        Names of the files, ``model/model.json`` among them.
    """
    how = settings_of(plan)
    material = gather_sliding(
        study, dataset, regions, how.view,
        progress=lambda done, total: tell(Event("progress", "images prepared", done / total)),
    )  # fmt: skip
    splits = [split for split in member_splits(material.rows, plan) for _ in names_of(plan)]
    use_threads(usable_threads())
    ending = max(started + (1 - RESERVED_SHARE) * plan.budget_s, time.monotonic() + 5.0)
    deadline = ending - CHOOSING_SHARE * max(0.0, ending - time.monotonic())
    fitted = _fit_members(study, material, splits, plan, how, identity, deadline, tell)
    tell(Event("stage", "Reading what no member learnt from"))
    chosen, found = _choose_views(fitted, material, splits, how, plan.views, ending)
    tell(Event("stage", "Export"))
    files = _write(study, fitted, plan, chosen)
    _save_held_out(study, material, found, chosen)
    write_rounds(study, [one.history for one in fitted], plan, tell)
    records = [
        {"member": index // len(names_of(plan)), "network": names_of(plan)[index % len(names_of(plan))]}
        | {name: value if np.isfinite(value) else None for name, value in record.items()}
        for index, one in enumerate(fitted)
        for record in one.rounds
    ]
    study.write_json(MINING_FILE, {"version": 1, "rounds": records, "views": list(chosen.views)})
    return [VALIDATION_FILE, MINING_FILE, *files]


def sliding_recipe_of(plan: DetectionPlan) -> SlidingRecipe:
    """How a round is learnt under a plan."""
    return SlidingRecipe(
        batch_size=plan.batch_size, stretches=plan.rounds, learning_rate=plan.learning_rate,
        weight_decay=plan.weight_decay, tone=plan.tone, averaging=plan.averaging, precision=plan.precision,
        seed=plan.seed, objects=plan.object_shares, reach=plan.object_reach,
        optimiser=plan.optimiser, schedule=plan.schedule,
    )  # fmt: skip


def _fit_members(
    study: Study, material: SlidingMaterial, splits: Splits, plan: DetectionPlan, how: SlidingSettings,
    identity: str, deadline: float, tell: Listener,
) -> list[FittedSliding]:  # fmt: skip
    recipe = sliding_recipe_of(plan)
    names = names_of(plan)
    fitted: list[FittedSliding] = []
    for index, (train, holdout) in enumerate(splits):
        tell(Event("stage", f"Network {index + 1} of {len(splits)}"))
        share = time.monotonic() + (deadline - time.monotonic()) / (len(splits) - index)
        number, place = divmod(index, len(names))
        key = member_key(identity, number) + (f"/{names[place]}" if place else "")
        member = SlidingMember(number, train, holdout, key, names[place], place)
        first = fitted[-1].first if place and plan.mining == "map" else None
        mining = Mining(plan.mining_rounds, study.path("runs"), share, _progress(tell), plan.mining, first)
        fitted.append(fit_sliding(material.cases, member, recipe, how, mining))
        for record in filter(lambda one: np.isfinite(one["validation_metric"]), fitted[-1].rounds):
            tell(Event("note", _round_in_words(record)))
    return fitted


def _progress(tell: Listener) -> Callable[[dict[str, float], float], None]:
    return lambda record, share: tell(Event("progress", f"loss {record['train_loss']:.3f}", share))


def _round_in_words(record: dict[str, float]) -> str:
    learnt = f"{record['mined']:.0f} hard negatives" if record["mined"] else "random negatives"
    kept = "; kept" if record["kept"] else ""
    return (
        f"round {record['round']:.0f} ({learnt}): mean sensitivity {record['validation_metric']:.3f}, "
        f"{record['false_per_image']:.2f} false positives an image at equal sensitivity{kept}"
    )


def _choose_views(
    fitted: Sequence[FittedSliding], material: SlidingMaterial, splits: Splits, how: SlidingSettings,
    views: tuple[str, ...], ending: float,
) -> tuple[SlidingSettings, dict[int, Peaks]]:  # fmt: skip
    """Several views where they gain on held-out images and there is time to see it; what is found there."""
    began = time.monotonic()
    plain = _held_out(fitted, material, splits, how)
    took = time.monotonic() - began
    if views == (UPRIGHT,) or time.monotonic() + took * len(views) > ending:
        return how, plain
    several = replace(how, views=views)
    seen = _held_out(fitted, material, splits, several)
    gain = _quality(seen, material, how) - _quality(plain, material, how)
    return (several, seen) if gain > BETTER_BY else (how, plain)


def _held_out(
    fitted: Sequence[FittedSliding], material: SlidingMaterial, splits: Splits, how: SlidingSettings
) -> dict[int, Peaks]:
    """Each held-out image read by the members that did not learn from it."""
    found = {}
    for row in sorted({int(row) for _, holdout in splits for row in holdout}):
        engines = [
            torch_engine(one.network, how.field.stride)
            for one, (_, holdout) in zip(fitted, splits, strict=True)
            if row in holdout
        ]
        found[row] = peaks_of(np.asarray(material.cases[row].pixels), Committee(engines, how.views).run, how)
    return found


def _quality(found: dict[int, Peaks], material: SlidingMaterial, how: SlidingSettings) -> float:
    cases = [material.cases[row] for row in found]
    return score_peaks(cases, list(found.values()), how.field.stride, len(how.sizes_px)).sensitivity


def _write(
    study: Study, fitted: Sequence[FittedSliding], plan: DetectionPlan, how: SlidingSettings
) -> list[str]:
    """The members and ``model.json``; the names of the files."""
    study.path("model").mkdir(parents=True, exist_ok=True)
    files, names = [], names_of(plan)
    for index, one in enumerate(fitted):
        number, place = divmod(index, len(names))
        name = f"member_{number}.onnx" if not place else f"member_{number}_{names[place]}.onnx"
        sha256 = export_sliding(
            one.network, study.path(f"model/{name}"), channels=how.view.channels, field=how.field
        )
        files.append({"file": name, "sha256": sha256})
    manifest = DetectionManifest(
        task=plan.task, classes=plan.classes, technique=plan.technique, architecture=plan.architecture,
        preparation=Preparation(2, how.view.channels, "range"), tile_px=plan.tile_px, overlap=plan.overlap,
        strides=(how.field.stride,), anchors=(), ratios=(), suppression=Suppression("hard"),
        lowest_score=how.least, most_boxes=MOST_BOXES, onnx=tuple(files), details=how.as_json(),
        members=tuple(
            {"files": [one["file"] for one in files[start : start + len(names)]], "fold": start // len(names)}
            for start in range(0, len(files), len(names))
        ),
        weights=tuple(vars(Origin(name, "random", None, "Apache-2.0")) for name in names),
        plan_sha256=study.sha256("plan.json"), dataset_sha256=study.sha256("dataset.csv"),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return [MANIFEST_FILE, *(f"model/{one['file']}" for one in files)]


def _save_held_out(
    study: Study, material: SlidingMaterial, found: dict[int, Peaks], how: SlidingSettings
) -> None:
    """Detections of the held-out images, by position in the development part."""
    marks = {
        row: Detections.ordered(boxes_around(peaks, material.sides[row], how), peaks.scores, peaks.classes)
        for row, peaks in found.items()
    }
    save_held_out(study, marks)
