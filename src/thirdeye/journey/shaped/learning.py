"""A system's members learnt fold by fold, calibrated, given operating points, and written down."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.manifest import MANIFEST_VERSION
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.material import VALIDATION_FILE, save_arrays
from thirdeye.journey.shaped.opening import Prepared
from thirdeye.plan.system import SystemPlan
from thirdeye.recipes.system import ANSWER, Cases, Learning, Logits, Member, System, Values
from thirdeye.training.event import Event, Listener

MODEL_FILE = "model/model.json"
SHARE = 0.8  # of the time, for learning; the rest is for measuring


@dataclass(frozen=True)
class HeldOut:
    """What members said of development cases that they had not learnt from.

    Args:
        logits: source to (n, K), in the order of the development cases.
        labels: (n,) class index.
        patients: (n,) names.
    """

    logits: Mapping[str, Logits]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]

    def calibration(self, source: str, plan: SystemPlan) -> Calibration:
        """The calibration of one source that these cases choose."""
        return fit_calibration(
            self.logits[source],
            self.labels,
            task=plan.task,
            candidates=plan.calibration,
            groups=self.patients,
        )


def learn(place: Study, ready: Prepared, *, started: float, tell: Listener) -> list[str]:
    """Learn every member and write ``model/`` and ``runs/validation.npz``; returns the names of the files.

    Args:
        place: the study folder.
        ready: cases, parts, plan.
        started: `time.monotonic()` of the run.
        tell: hears how it goes.
    """
    members, logits = _members(ready, started, tell)
    held = held_out(ready, logits)
    tell(Event("stage", "Calibration, operating points"))
    calibration = held.calibration(ANSWER, ready.plan)
    points = operating_points(held, apply(calibration, held.logits[ANSWER]), ready.plan)
    save_arrays(place, VALIDATION_FILE, dict(held.logits))
    kept = [_kept(place, number, one.keep()) for number, one in enumerate(members)]
    plan = ready.plan
    form = {
        "version": MANIFEST_VERSION, "system": plan.system, "task": plan.task, "classes": list(plan.classes),
        "positive": plan.positive, "architecture": plan.system, "inputs": dict(ready.cases.inputs),
        "calibration": calibration.as_json(), "operating_points": points, "members": kept,
        "values": dict(plan.own), "weights": [], "plan_sha256": place.sha256("plan.json"),
        "dataset_sha256": place.sha256("dataset.csv"),
    }  # fmt: skip
    place.write_json(MODEL_FILE, form)
    return [VALIDATION_FILE, MODEL_FILE, *(f"model/{one['file']}" for one in kept)]


def held_out(ready: Prepared, logits: Mapping[str, Logits]) -> HeldOut:
    """The logits with what they are of."""
    cases = ready.development
    return HeldOut(logits, cases.labels, ready.development_rows["patient"].to_numpy(dtype=str))


def operating_points(held: HeldOut, probabilities: Logits, plan: SystemPlan) -> list[dict[str, Any]]:
    """As of any binary reader; [] where there is no positive class."""
    if plan.positive is None:
        return []
    column = plan.classes.index(plan.positive)
    truth = (held.labels == column).astype(int)
    return list(choose_operating_points(truth, probabilities[:, column], clusters=held.patients))


def members_of(place: Study, system: System, form: Mapping[str, Any]) -> tuple[Member, ...]:
    """The members as ``model.json`` names them.

    Raises:
        StudyMismatch: a file is missing or was edited.
    """
    found = []
    for one in form["members"]:
        name = f"model/{one['file']}"
        if place.sha256(name) != one["sha256"]:
            raise StudyMismatch(f"{name} of the study '{place.folder.name}' was edited; restore it")
        with np.load(place.path(name), allow_pickle=False) as saved:
            found.append(system.restored(dict(saved), values_read(form["values"])))
    return tuple(found)


def values_read(content: Mapping[str, Any]) -> Values:
    """Values as JSON gives them back, lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}


def said_together(members: tuple[Member, ...], cases: Cases) -> dict[str, Logits]:
    """Source to the (n, K) mean over the members of new cases' logits."""
    said = [one.say(cases) for one in members]
    return {source: np.mean([one[source] for one in said], axis=0) for source in said[0]}


def _members(ready: Prepared, started: float, tell: Listener) -> tuple[tuple[Member, ...], dict[str, Logits]]:
    """The members, and what each said of the cases that it was not given."""
    cases, splits = ready.development, ready.splits
    deadline = started + SHARE * ready.plan.budget_s
    members: list[Member] = []
    logits: dict[str, Logits] = {}
    for number, (to_learn, held) in enumerate(splits):
        tell(Event("progress", f"member {number + 1} of {len(splits)}", number / len(splits)))
        now = time.monotonic()
        until = now + (deadline - now) / (len(splits) - number)
        learning = Learning(ready.plan.own, ready.plan.seed + number, until, usable_cores(), tell)
        members.append(ready.system.learn(cases.at(to_learn), learning))
        for source, said in members[-1].say(cases.at(held)).items():
            logits.setdefault(source, np.zeros((len(cases.rows), len(cases.classes))))[held] = said
    return tuple(members), logits


def _kept(place: Study, number: int, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Write one member and say which file it is."""
    file = f"member_{number}.npz"
    save_arrays(place, f"model/{file}", arrays)
    return {"file": file, "fold": number, "sha256": place.sha256(f"model/{file}")}
