"""What a user asks of an external validation, and what is refused before anything is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.intake.prevalence import read_prevalence
from thirdeye.intake.words import shown_name
from thirdeye.journey.evaluated import EXTERNAL, external_sets
from thirdeye.journey.options import DataOptions
from thirdeye.plan.plan import Plan


@dataclass(frozen=True)
class External:
    """What a user can say about an external validation beside the data options.

    Args:
        name: of the set; None: the name of the data.
        mapping: class of the reader to the classes of the data that mean it.
        part: only the part of the data called so ("test").
        same_patients: equal patient ids mean the same person on both sides.
        traditional: whether the traditional technique is compared on these cases too.
        subgroups: columns to group by, beside those that are found.
        options: of intake.
    """

    name: str | None = None
    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)
    part: str | None = None
    same_patients: bool = False
    traditional: bool = True
    subgroups: tuple[str, ...] = ()
    options: DataOptions = field(default_factory=DataOptions)


def set_name(given: str) -> str:
    """A name that can be that of a folder.

    Raises:
        UsageError: nothing is left of it.
    """
    stem = re.sub(
        r"(\.tar)?\.(csv|tsv|xlsx|parquet|npz|zip|gz|tgz|tar)$", "", given.strip(), flags=re.IGNORECASE
    )
    name = re.sub(r"[^\w.-]+", "_", stem).strip("._")[:60]
    if not name:
        raise UsageError(f"'{shown_name(given)}' cannot be the name of a set; give one with --name")
    return name


def refuse_options(options: DataOptions, plan: Plan) -> None:
    """What the study has decided cannot be said again in another way.

    Raises:
        UsageError: another task, an order, or a positive class where there are not two classes.
    """
    task = options.get("task")
    if task not in (None, plan.task):
        raise UsageError(f"--task {task}: the reader's task is {plan.task}, and external data take the same")
    if options.get("order"):
        raise UsageError("--order: the order of the grades is that of the reader")
    if options.get("positive") is not None and plan.positive is None:
        raise UsageError(f"--positive is for two classes; the reader's task is {plan.task}")


def stated_prevalence(plan: Plan, asked: External) -> tuple[float, ...]:
    """How common the condition is where the reader will be used, as the user says; empty where nobody did.

    Raises:
        UsageError: it cannot be read, or the task has no positive class.
    """
    said = asked.options.get("prevalence")
    if said is None:
        return ()
    if plan.positive is None:
        raise UsageError(f"--prevalence is for a yes-or-no question; the reader's task is {plan.task}")
    stated = read_prevalence(said, plan.classes, plan.positive)
    return (stated[plan.positive],) if plan.positive in stated else ()


def refuse_place(folder: Path, on: Path) -> None:
    """Data and study are apart.

    Raises:
        UsageError: the data are not there, or one of the two lies inside the other.
    """
    if not on.exists():
        raise UsageError(f"there is no file or folder '{shown_name(str(on))}'")
    inside, outside = on.resolve(), folder.resolve()
    if inside.is_relative_to(outside):
        raise UsageError(
            f"'{shown_name(on.name)}' lies inside the study; external data come from elsewhere: name them "
            "with --on DATA"
        )
    if outside.is_relative_to(inside):
        raise UsageError(
            f"the study '{folder.name}' lies inside the data '{shown_name(on.name)}'; its own files would be "
            "taken for data: move one of them"
        )


def refuse_taken(study: Study, name: str, sha256: str) -> None:
    """A name belongs to its data.

    Raises:
        UsageError: the study has a set of that name and of other data.
    """
    known = external_sets(study).get(name)
    if known is not None and known["source"]["data_sha256"] != sha256:
        raise UsageError(
            f"the study has a set '{name.removeprefix(EXTERNAL)}' of other data; choose another name with "
            "--name"
        )
