"""`robustness`: would more cases help, and does chance decide?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.learning_curve import fit_learning_curve
from thirdeye.evaluation.learning_verdict import learning_curve_block
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.auditing import join_reuse
from thirdeye.journey.duration import seconds
from thirdeye.journey.evaluated import EVALUATION_FILE, test_part_hash, validation_key
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.refuse import refuse_located
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import Material, data_root, gather, read_plan, read_study_dataset
from thirdeye.journey.reseeding import measure_again, train_again
from thirdeye.journey.results import Robustness
from thirdeye.journey.seeds import Repeated, seeds_block
from thirdeye.journey.training import training_key
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener, silent
from thirdeye.training.features_file import load_features, save_features
from thirdeye.training.machine import prepare_process

ROBUSTNESS_FILE = "runs/robustness.json"
STAGE = "robustness"
REPEAT_BY_HAND = (
    "to see whether chance decides, train with another seed: thirdeye run DATA --seed 1 --out NEW"
)
SHARE = 0.05  # of the time budget, for the learning curve
ROBUSTNESS_VERSION = 1
MANY_TRAININGS = "one look at {n} trainings with other seeds, declared together"
TECHNIQUE = "a linear head on the frozen pre-trained network's features; fine-tuning may profit more"


def robustness(
    study: str | Path,
    *,
    data: str | Path | None = None,
    seeds: int = 1,
    budget: str | float | None = None,
    tell: Listener = silent,
) -> Robustness:
    """Measure the learning curve and the play of chance of a validated study, and add both to its evidence.

    The learning curve needs development cases only: heads on frozen features, learnt from growing subsets of
    the patients. With `seeds` above 1 the whole training is repeated in ``runs/seeds/``, each with the time
    budget of the study, and every repetition is measured on the test part, which counts as one look together.
    A call that was stopped goes on where it was; one that asks for no more than there is does nothing again.

    Args:
        study: folder with evidence.
        data: where the images lie; None: where they lay when the study was planned.
        seeds: whole trainings, the study's own included.
        budget: time for the learning curve; None: a twentieth of the study's.
        tell: hears how it goes.

    Raises:
        UsageError: fewer than one training, or a reader that says where something is.
        StudyMismatch: the study is not validated, or one of its files was edited.
    """
    if seeds < 1:
        raise UsageError(f"--seeds counts whole trainings, the study's own included; got {seeds}")
    place = Study(Path(study))
    refuse_located(place, "robustness", REPEAT_BY_HAND)
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    ledger.verify("validate", validation_key(place))
    if not _answered(place, seeds):
        tell(Event("stage", "Would more cases help? Does chance decide?"))
        limit = SHARE * read_plan(place).budget_s if budget is None else seconds(budget)
        _measure(place, None if data is None else Path(data), seeds, limit, tell)
    found: dict[str, Any] = place.read_json(ROBUSTNESS_FILE)["robustness"]
    _join(place, found)
    for part in found.values():
        tell(Event("note", part["verdict"]))
    return Robustness(place.folder, found)


def rejoin(study: Study) -> None:
    """Put answers that still hold back into an evaluation.json that was written anew."""
    if Ledger(study).finished(STAGE, robustness_key(study)):
        _join(study, study.read_json(ROBUSTNESS_FILE)["robustness"])


def measured(study: Study, seeds: int = 1) -> bool:
    """Whether a study holds what `robustness` would measure for as many trainings."""
    if not _answered(study, seeds):
        return False
    known = study.read_json(ROBUSTNESS_FILE)["robustness"]
    return bool(study.read_json(EVALUATION_FILE).get("robustness") == known)


def _answered(study: Study, seeds: int) -> bool:
    """Whether the answers are there, if not yet in evaluation.json: a call may be killed between the two."""
    if not Ledger(study).finished(STAGE, robustness_key(study)):
        return False
    known = study.read_json(ROBUSTNESS_FILE)["robustness"]
    return len(known["seeds"]["trainings"]) >= (seeds if seeds > 1 else 0)


def robustness_key(study: Study) -> str:
    """What the answers depend on."""
    return key_of(validation_key(study), study.sha256("plan.json"), ROBUSTNESS_VERSION)


def _measure(place: Study, data: Path | None, seeds: int, limit_s: float, tell: Listener) -> None:
    started = time.monotonic()
    plan, dataset = read_plan(place), read_study_dataset(place, data)
    ledger = Ledger(place)
    earlier = _earlier(place, ledger)
    learning = earlier or _learning(place, dataset, plan, limit_s, tell)
    evidence = place.read_json(EVALUATION_FILE)
    root = data_root(place, data)
    further = {
        seed: train_again(place, dataset, plan, seed, data=root, tell=tell)
        for seed in range(plan.seed + 1, plan.seed + seeds)
    }
    if further:  # counted before the first of their figures can be seen
        _count_look(place, ledger, dataset, list(further.values()))
    trainings = {plan.seed: evidence} | {seed: measure_again(one, root) for seed, one in further.items()}
    repeated = Repeated(plan, evidence, place.read_json("runs/stages.json"), learning["heads"], trainings)
    found = {"learning_curve": learning["learning_curve"], "seeds": seeds_block(repeated)}
    with ledger.stage(STAGE, robustness_key(place), started=started) as outputs:
        place.write_json(ROBUSTNESS_FILE, {"heads": learning["heads"], "robustness": found})
        outputs.append(ROBUSTNESS_FILE)


def _earlier(place: Study, ledger: Ledger) -> dict[str, Any] | None:
    """The learning curve of an earlier call; more trainings do not change it."""
    if not ledger.finished(STAGE, robustness_key(place)):
        return None
    known = place.read_json(ROBUSTNESS_FILE)
    return {"heads": known["heads"], "learning_curve": known["robustness"]["learning_curve"]}


def _count_look(place: Study, ledger: Ledger, dataset: Dataset, trainings: list[Study]) -> None:
    """All trainings together are one look, whose reason says so; going on after a kill is not another."""
    looks, cases = Looks(place, ledger), test_part_hash(dataset)
    looks.take_over(cases)
    model = key_of(*(one.sha256("model/model.json") for one in trainings))
    if not any(look.model_sha256 == model for look in looks.at(cases)):
        reason = MANY_TRAININGS.format(n=len(trainings) + 1)
        looks.count("test", cases, model_sha256=model, reason=reason)


def _join(place: Study, found: Mapping[str, Any]) -> None:
    """Put the answers into evaluation.json, unless they are there."""
    ledger = Ledger(place)
    evidence = place.read_json(EVALUATION_FILE)
    looks = ledger.content.get("test_looks", evidence.get("test_looks", 1))
    now = evidence | {"robustness": found, "test_looks": looks}
    looked = Looks(place, ledger)
    tested = [look.data_sha256 for look in looked.all if look.set_name == "test"]
    if tested:
        now["sets"] = dict(now["sets"]) | {"test": dict(now["sets"]["test"])}
        join_reuse(now["sets"]["test"], looked, tested[-1])
    if now != evidence:
        ledger.rewrite_json("validate", EVALUATION_FILE, now)


def _learning(place: Study, dataset: Dataset, plan: Plan, limit_s: float, tell: Listener) -> dict[str, Any]:
    """The learning curve's block, and the figures of heads whose folds were dealt anew."""
    if any(find_spec(name) is None for name in ("torch", "sklearn", "safetensors")):
        return _not_measured("it needs the extra 'train'")
    prepare_process()
    from thirdeye.training.learning_points import measure_learning
    from thirdeye.training.selection import Truth

    development = gather(place, dataset, plan, "train", "validation")
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    truth = Truth(development.labels, plan.classes, positive, development.patients, plan.task)
    features = _features(place, development, plan, tell)

    def progress(done: float) -> None:
        tell(Event("progress", "learning curve", done))

    found = measure_learning(
        features, truth, development.rows["kept_together"].tolist(), seed=plan.seed, time_limit_s=limit_s,
        progress=progress,
    )  # fmt: skip
    if isinstance(found, str):
        return _not_measured(found)
    curve = fit_learning_curve(found.points, covariance=found.covariance, name=found.name, seed=plan.seed)
    block = learning_curve_block(curve) | {
        "technique": TECHNIQUE,
        "n_splits": len(found.table),
        "n_cases": [round(float(n)) for n in found.cases],
    }
    return {"learning_curve": block, "heads": found.complete_repeats.tolist()}


def _not_measured(why: str) -> dict[str, Any]:
    verdict = f"Whether more cases would help was not measured: {why}."
    return {"learning_curve": {"outcome": "undetermined", "verdict": verdict, "points": []}, "heads": []}


def _features(place: Study, development: Material, plan: Plan, tell: Listener) -> NDArray[np.float32]:
    """Frozen features as training kept them, or computed again."""
    identity, folder = training_key(place), place.path("runs")
    kept = load_features(folder, identity, len(development.rows))
    if kept is not None:
        return kept
    from thirdeye.model.build import build_network
    from thirdeye.training.frozen import pooled_features
    from thirdeye.training.machine import use_threads

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "features", done / total))

    use_threads(usable_cores())
    network, _ = build_network(plan.architecture, n_outputs=len(plan.classes), weights=plan.weights)
    features = pooled_features(network, development.images, progress=progress)
    save_features(folder, features, identity)
    return features
