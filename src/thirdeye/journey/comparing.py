"""`compare`: two studies on the same test cases, in pairs; and a published system against the own plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.journey.options import DataOptions
from thirdeye.journey.running import run
from thirdeye.journey.versus.kinds import at_level
from thirdeye.journey.versus.side import OWN_PLAN, Side, open_side
from thirdeye.report.html import render_html
from thirdeye.report.versus import Versus, versus_page
from thirdeye.training.event import Event, Listener, silent

COMPARISON_FILES = ("comparison.json", "comparison.html")
OWN_FOLDER = "own_plan"


@dataclass(frozen=True)
class Compared:
    """Two studies, compared.

    Args:
        versus: what was found.
        page: where it was written; None where nothing was.
    """

    versus: Versus
    page: Path | None


def compare(
    first: str | Path,
    second: str | Path,
    *,
    names: tuple[str | None, str | None] = (None, None),
    data: str | Path | None = None,
    out: str | Path | None = None,
    seed: int = 0,
    level: str | None = None,
) -> Compared:
    """Does the reader of the first study beat that of the second on the cases that both were tested on?

    Nothing is read again: the predictions that `validate` wrote are compared, paired over cases, by patient.

    Args:
        first, second: validated studies of the same data, dealt alike.
        names: what to call them; None: the recipe that a study was planned by, or its folder's name.
        data: where the images lie, of both; None: where they lay when the studies were planned.
        out: folder for ``comparison.json`` and ``comparison.html``; None writes nothing.
        seed: of resampled patients.
        level: name of a level of the taxonomy, on whose kinds classifiers of other classes are compared.

    Raises:
        StudyMismatch: a study was not validated or was edited; the two differ in task, classes, labels or
            marks; one learnt from what the other is tested on; or they have no test case in common.
        UsageError: the images are not where they were, or there is no such level.
    """
    mine, theirs = (
        open_side(folder, name=name, data=data) for folder, name in zip((first, second), names, strict=True)
    )
    if level is not None:
        mine, theirs = at_level(mine, theirs, level)
    if mine.task != theirs.task:
        raise StudyMismatch(f"the first study is about {mine.task}, the second about {theirs.task}")
    versus = Versus(
        task=mine.task,
        comparison=_entry(mine, theirs, seed) | ({} if level is None else {"level": level}),
        plans=_differences(mine.plan, theirs.plan),
        looks=tuple(_looks(side) for side in (mine, theirs)),
    )
    return Compared(versus, None if out is None else _written(versus, Study(Path(out))))


def compare_with_own(
    recipe: str,
    data: str | Path,
    *,
    out: str | Path | None = None,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    budget: str | float = "10m",
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Compared:
    """A published system against the self-configured plan: both run on the same data, with the same budget.

    Args:
        recipe: id of the system.
        data: folder, table or archive.
        out: folder for both studies and the comparison; None: "compare_ID". Called again, it goes on.
        flaws: of the system, to be reproduced.
        lighter: with those values of the system with which a processor can bear it.
        budget: of each run.
        seed: of both.
        overrides: field of the published plan to the value it should have.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: nothing is trained in the recipe, or an option does not fit.
        DataRefused: a finding forbids training.
        StudyMismatch: as `compare`.
    """
    folder = Path(f"compare_{recipe}" if out is None else out)
    tell(Event("stage", f"The published system: {recipe}"))
    run(
        data, folder / recipe, budget=budget, seed=seed, overrides=overrides, recipe=recipe, flaws=flaws,
        lighter=lighter, tell=tell, **options,
    )  # fmt: skip
    tell(Event("stage", "The self-configured plan"))
    run(data, folder / OWN_FOLDER, budget=budget, seed=seed, tell=tell, **options)
    return compare(
        folder / recipe, folder / OWN_FOLDER, names=(f"recipe {recipe}", OWN_PLAN), data=data, out=folder,
        seed=seed,
    )  # fmt: skip


def _entry(first: Side, second: Side, seed: int) -> dict[str, Any]:
    if first.task == "segmentation":
        from thirdeye.journey.versus.masks import compare_segmentations

        return compare_segmentations(first, second)
    if first.task == "detection":
        from thirdeye.journey.versus.boxes import compare_detectors

        return compare_detectors(first, second, seed=seed)
    if first.task == "landmarks":
        from thirdeye.journey.versus.points import compare_finders

        return compare_finders(first, second)
    from thirdeye.journey.versus.cases import compare_cases

    return compare_cases(first, second, seed=seed)


def _differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Field, the first plan's value, the second's; of plans of one kind."""
    return tuple(
        (name, value, second[name])
        for name, value in first.items()
        if name in second and value != second[name]
    )


def _looks(side: Side) -> int:
    """How often the test part was looked at before."""
    return int(side.study.read_json("evaluation.json").get("test_looks") or 1)


def _written(versus: Versus, place: Study) -> Path:
    place.write_json(COMPARISON_FILES[0], versus.as_json())
    place.write_text(COMPARISON_FILES[1], render_html(versus_page(versus)))
    return place.path(COMPARISON_FILES[1])
