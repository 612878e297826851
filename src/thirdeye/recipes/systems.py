"""All systems of the literature that are to become recipes, those that are not built yet included."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import thirdeye.recipes.rows  # noqa: F401 - enters the recipes
from thirdeye.recipes.registry import RECIPES

State = Literal["ready", "specified", "not a system"]
STATES: dict[str, str] = {
    "ready": "runs, with a test and a page",
    "specified": "described, not built yet",
    "not a system": "named in the lecture, nothing to reproduce",
}
GROUPS: dict[str, str] = {
    "review": "the review of 25 studies",
    "lecture": "the lecture",
    "capability": "the survey tables",
}
_NOTHING = "none"


@dataclass(frozen=True)
class System:
    """One system.

    Args:
        id: of the recipe that it has or will have.
        title: in a few words.
        tasks: kinds of decision.
        group: where it is named, a key of `GROUPS`.
        state: a key of `STATES`.
    """

    id: str
    title: str
    tasks: tuple[str, ...]
    group: str
    state: State

    @property
    def task(self) -> str:
        """The kinds of decision as a text."""
        return ", ".join(self.tasks)

    def as_json(self) -> dict[str, str]:
        """One entry of ``thirdeye recipes list --json``."""
        return {"id": self.id, "title": self.title, "task": self.task, "state": self.state}


@cache
def listed() -> tuple[System, ...]:
    """Those of the literature, in its order, as ``systems.json`` lists them."""
    text = files("thirdeye.recipes").joinpath("systems.json").read_text("utf-8")
    built = set(RECIPES.names())
    return tuple(
        System(row["id"], row["title"], tuple(row["tasks"]), row["group"], _state(row, built))
        for row in json.loads(text)
    )


def systems() -> tuple[System, ...]:
    """Those of the literature, then recipes that joined from elsewhere."""
    known = {one.id for one in listed()}
    joined = [recipe for name, recipe in RECIPES if name not in known]
    return (*listed(), *(System(one.id, one.title, one.tasks, "elsewhere", "ready") for one in joined))


def _state(row: dict[str, object], built: set[str]) -> State:
    if row["id"] in built:
        return "ready"
    return "not a system" if row["tasks"] == [_NOTHING] else "specified"
