"""`run`: the whole journey, going on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.intake.name_table import read_names
from thirdeye.intake.open import open_collection
from thirdeye.intake.words import shown_name
from thirdeye.journey.duration import seconds
from thirdeye.journey.evaluated import EVALUATION_FILE, validation_key
from thirdeye.journey.explaining import explain, explanation_key
from thirdeye.journey.identity import refuse_other_labels
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.tasks import LOCATED
from thirdeye.journey.material import PLAN_FILE, task_of
from thirdeye.journey.naming import name_classes
from thirdeye.journey.options import DataOptions
from thirdeye.journey.planning import plan
from thirdeye.journey.published import named
from thirdeye.journey.repeating import measured, robustness
from thirdeye.journey.reporting import REPORT_FILES, report, report_key
from thirdeye.journey.results import Validated
from thirdeye.journey.shaped.running import run_system
from thirdeye.journey.training import train, training_key
from thirdeye.journey.validating import validate
from thirdeye.training.event import Event, Listener, silent

WENT_ON = "thirdeye run went on after an earlier look"


def run(
    data: str | Path,
    out: str | Path,
    *,
    budget: str | float = "10m",
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    seeds: int = 1,
    recipe: str | None = None,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    fixture: bool = False,
    names: str | Path | None = None,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Validated:
    """Check, plan, train, validate, explain and report.

    Calling it again with the same arguments goes on where the last call was stopped; finished stages are not
    repeated.

    Args:
        data: folder, table or archive.
        out: study folder, made where there is none.
        budget: time that the run may take: "10m", "90s", or seconds.
        seed: of everything random.
        overrides: field of the plan to the value it should have.
        seeds: whole trainings, the first included; each further one takes the budget again.
        recipe: id of a published system to plan by (`thirdeye recipes list`).
        flaws: of that system, to be reproduced.
        lighter: with those values of the system with which a processor can bear it.
        fixture: whether the data are the fixture of that system, made here; the report says so.
        names: file with what the classes are called before people, see `thirdeye.journey.naming`.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: an option does not fit, there are no data, or `out` lies inside them.
        DataRefused: a finding forbids training.
        StudyMismatch: the folder holds a study of other data or options, or files of it were edited.
    """
    started = time.monotonic()
    place = Study(Path(out))
    called = None if names is None else read_names(Path(names))
    published = None if recipe is None else named(recipe, flaws, lighter=lighter)
    if published is not None and published.recipe.system is not None:
        _refuse_place(Path(data), place.folder)
        found = run_system(
            published.recipe, Path(data), place.folder, budget=budget, seed=seed, overrides=overrides,
            flaws=flaws, lighter=lighter, fixture=fixture, tell=tell, **options,
        )  # fmt: skip
        if called is not None:
            name_classes(place.folder, called)
            report(out, tell=tell)
        return found
    values = {name: str(value) for name, value in (overrides or {}).items()}  # as --set gives them
    by = () if recipe is None else (recipe, tuple(flaws), lighter)
    asked = key_of(Path(data).resolve().name, seed, values, dict(options), seconds(budget), *by)
    _refuse_place(Path(data), place.folder)
    with place.lock(make=True):
        ledger = Ledger(place)
        _refuse_other(place, ledger, asked)
        _remember(ledger, asked)
        if _planned(ledger):
            refuse_other_labels(place, open_collection(Path(data), **options))
        else:
            plan(
                data, out=out, budget=budget, seed=seed, overrides=overrides, recipe=recipe, flaws=flaws,
                lighter=lighter, fixture=fixture, tell=tell, **options,
            )  # fmt: skip
        if called is not None:
            name_classes(place.folder, called)
        if not Ledger(place).finished("train", training_key(place)):
            train(out, data=data, started=started, tell=tell)
        if Ledger(place).finished("validate", validation_key(place)):
            evidence = Validated(place.folder, place.read_json(EVALUATION_FILE))
        else:
            evidence = validate(out, data=data, reason=WENT_ON, tell=tell)
        located = task_of(place) in LOCATED  # masks and boxes show by themselves what was found where
        if not located and not measured(place, seeds):
            robustness(out, data=data, seeds=seeds, tell=tell)
            evidence = Validated(place.folder, place.read_json(EVALUATION_FILE))
        if not located and not Ledger(place).finished("explain", explanation_key(place)):
            explain(out, data=data, tell=tell)
        if not _reported(place):
            report(out, tell=tell)
    tell(Event("stage", "Done"))
    return evidence


def _planned(ledger: Ledger) -> bool:
    key = ledger.key("plan")
    return key is not None and ledger.study.has(PLAN_FILE) and ledger.finished("plan", key)


def _reported(place: Study) -> bool:
    """Whether the report shows what the study holds; what a person entered into it since is left alone."""
    return Ledger(place).key("report") == report_key(place) and place.has(*REPORT_FILES)


def _refuse_place(data: Path, folder: Path) -> None:
    """Nothing is made for data that are not there; a study inside the data would be taken for data later."""
    if not data.exists():
        raise UsageError(f"there is no file or folder '{shown_name(str(data))}'")
    if data.is_dir() and folder.resolve().is_relative_to(data.resolve()):
        raise UsageError(
            f"the study folder '{folder}' lies inside the data '{data}'; choose one outside with --out"
        )


def _refuse_other(place: Study, ledger: Ledger, asked: str) -> None:
    known = ledger.content.get("asked")
    if known is not None and known != asked and ledger.content["stages"]:
        raise StudyMismatch(
            f"the study folder '{place.folder.name}' holds a run with other data or options; "
            "choose another folder with --out, or delete this one"
        )
    if known is None and place.folder.is_dir() and any(p.name != ".lock" for p in place.folder.iterdir()):
        foreign = sorted(p.name for p in place.folder.iterdir() if p.name != ".lock")
        if "provenance.json" not in foreign:
            raise UsageError(
                f"the folder '{place.folder}' is not empty and holds no study ({foreign[0]}, ...); "
                "choose another folder with --out"
            )


def _remember(ledger: Ledger, asked: str) -> None:
    """Enter whose study this is before anything else is written into it."""
    if ledger.content.get("asked") != asked:
        ledger.set(asked=asked, started=datetime.now(UTC).isoformat(timespec="seconds"))
        ledger.write()
