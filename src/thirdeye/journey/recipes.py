"""`recipes`: the published systems listed, told of, and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.duration import seconds
from thirdeye.journey.options import DataOptions
from thirdeye.journey.planning import plan
from thirdeye.journey.published import registered
from thirdeye.journey.results import Validated
from thirdeye.journey.running import run
from thirdeye.journey.shaped.opening import prepare
from thirdeye.plan.decisions import Decisions
from thirdeye.recipes.recipe import Recipe
from thirdeye.recipes.systems import listed
from thirdeye.recipes.words import recipe_json, recipe_text
from thirdeye.report.html import render_html
from thirdeye.report.teaching.page import trace_page
from thirdeye.report.teaching.text import trace_text
from thirdeye.report.teaching.trace import Trace
from thirdeye.training.event import Event, Listener, silent

TRACE_FILES = ("trace.txt", "trace.html", "trace.json")
DATA_FOLDER, STUDY_FOLDER = "data", "study"


@dataclass(frozen=True)
class Difference:
    """One value of the plan, as our rules would choose it and as it was published."""

    name: str
    ours: Any
    published: Any
    why: str


@dataclass(frozen=True)
class Ran:
    """What a run of a recipe gave: a trace (teaching recipes) or the evidence of a study, and its page."""

    trace: Trace | None
    evidence: Validated | None
    page: Path


def recipe(name: str) -> Recipe:
    """One recipe by its id.

    Raises:
        UsageError: there is none, or it is not built yet.
    """
    waiting = {one.id: one for one in listed() if one.state != "ready"}
    if name in waiting:
        raise UsageError(
            f"the recipe {name} ({waiting[name].title}) is described but not built yet; those that run: "
            "thirdeye recipes list --state ready"
        )
    return registered(name)


def told(name: str) -> str:
    """A recipe in words.

    Raises:
        UsageError: as of `recipe`.
    """
    return recipe_text(recipe(name))


def told_json(name: str) -> dict[str, Any]:
    """A recipe as JSON; raises as `recipe`."""
    return recipe_json(recipe(name))


def differences(
    name: str,
    data: str | Path,
    *,
    budget: str | float = "10m",
    seed: int = 0,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> tuple[Difference, ...]:
    """How the plan of one's own data differs from the published one; nothing is written.

    Raises:
        UsageError: nothing is trained in the recipe, or an option does not fit.
        DataRefused: a finding forbids training.
    """
    asked = recipe(name)
    _refuse_untrained(asked)
    if asked.system is not None:
        return _own_values(asked, Path(data), budget, seed, flaws, lighter, options)
    ours = plan(data, budget=budget, seed=seed, tell=tell, **options).plan
    theirs = plan(data, budget=budget, seed=seed, recipe=name, flaws=flaws, lighter=lighter, **options).plan
    return compared(ours, theirs)


def compared(ours: Decisions, published: Decisions) -> tuple[Difference, ...]:
    """The values in which two plans of one kind differ."""
    other = published.values()
    return tuple(
        Difference(name, value, other[name], published.reasons.get(name, ""))
        for name, value in ours.values().items()
        if value != other[name]
    )


def run_recipe(
    name: str,
    data: str | Path | None = None,
    *,
    out: str | Path | None = None,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    budget: str | float | None = None,
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Ran:
    """Run a recipe on its fixture, or on data of one's own.

    Args:
        name: id of the recipe.
        data: folder, table or archive; None: the fixture, made here, in under two minutes on two cores.
        out: folder of the trace, or of ``data`` and ``study``; None: a folder with the recipe's name. With
            `data` it is the study folder itself.
        flaws: of the original, to be reproduced.
        lighter: with those values with which a processor can bear it; on the fixture its own are lighter yet.
        budget: time that the run may take; None: the fixture's own, or 10 minutes with data.
        seed: of everything random.
        overrides: field of the plan to the value it should have.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: there is no such recipe, or it takes no data.
        StageFailed: the folder cannot be written.
    """
    asked, folder = recipe(name), Path(name if out is None else out)
    asked.checked(flaws)
    if data is not None:
        _refuse_untrained(asked)
        evidence = run(
            data, folder, budget=budget or "10m", seed=seed, overrides=overrides, recipe=name, flaws=flaws,
            lighter=lighter, tell=tell, **options,
        )  # fmt: skip
        return Ran(None, evidence, folder / "report.html")
    if asked.demonstrate is not None:
        return _traced(asked.demonstrate(asked.checked(flaws)), folder)
    if asked.fixture.write is None:
        raise UsageError(f"the recipe {name} has neither a fixture nor a traced run; give it data")
    tell(Event("stage", f"Fixture: {asked.fixture.about}"))
    made = asked.fixture.write(folder / DATA_FOLDER, seed)
    evidence = run(
        made, folder / STUDY_FOLDER, budget=budget or asked.fixture.budget, seed=seed,
        overrides={**asked.fixture.overrides, **(overrides or {})}, recipe=name, flaws=flaws,
        fixture=True, tell=tell, **{**asked.fixture.options, **options},
    )  # fmt: skip
    return Ran(None, evidence, folder / STUDY_FOLDER / "report.html")


def _own_values(
    asked: Recipe, data: Path, budget: str | float, seed: int, flaws: Sequence[str], lighter: bool,
    options: Mapping[str, Any],
) -> tuple[Difference, ...]:  # fmt: skip
    """The same for a system of its own shape: our rules plan none, so only `lighter` makes a difference."""
    ready = prepare(
        asked, data, switches=flaws, lighter=lighter, overrides={}, options=options, seed=seed,
        budget_s=seconds(budget),
    )  # fmt: skip
    published = asked.published((), flaws)
    return tuple(
        Difference(name, value, published[name].value, ready.plan.reasons[name])
        for name, value in ready.plan.own.items()
        if value != published[name].value
    )


def _traced(trace: Trace, folder: Path) -> Ran:
    place = Study(folder)
    place.write_text(TRACE_FILES[0], trace_text(trace) + "\n")
    place.write_text(TRACE_FILES[1], render_html(trace_page(trace)))
    place.write_json(TRACE_FILES[2], trace.as_json())
    return Ran(trace, None, place.path(TRACE_FILES[1]))


def _refuse_untrained(asked: Recipe) -> None:
    if asked.values is None:
        asked.published(())
