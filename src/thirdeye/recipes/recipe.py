"""A recipe: a published system as data, and as a plan or a traced run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from thirdeye.errors import UsageError
from thirdeye.plan.decisions import Decisions
from thirdeye.plan.make import make_plan
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts
from thirdeye.recipes.system import System
from thirdeye.report.teaching.trace import Trace

Known = Literal["seed", "paper", "computed", "memory", "doubtful", "choice", "textbook"]
Switches = frozenset[str]
P = TypeVar("P", bound=Decisions)
KNOWN: dict[str, str] = {
    "seed": "stated in the review or in the lecture",
    "paper": "stated in the paper, its abstract, its code or another public source",
    "computed": "computed here",
    "memory": "from memory: look it up before you cite it",
    "doubtful": "from memory, doubtful: check it before you use it",
    "choice": "chosen here",
    "textbook": "textbook knowledge",
}
TAGS: dict[str, str] = {  # short for a key of `KNOWN`, where a legend is beside it
    "seed": "review", "paper": "paper", "computed": "computed", "memory": "memory", "doubtful": "doubtful",
    "choice": "chosen", "textbook": "textbook",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One statement about a system, and how it is known (a key of `KNOWN`)."""

    text: str
    known: Known


NONE = Told("none", "seed")


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is known of a published system; a field that is `NONE` plays no part in it."""

    modality: Told
    input: Told
    network: Told
    preprocessing: Told = NONE
    pretraining: Told = NONE
    loss: Told = NONE
    schedule: Told = NONE
    augmentation: Told = NONE
    sampling: Told = NONE
    ensemble: Told = NONE
    fusion: Told = NONE
    postprocessing: Told = NONE
    metrics: Told = NONE
    cases: Told = NONE
    result: Told = NONE


@dataclass(frozen=True)
class Chosen:
    """A value of the plan as it was published: the value, why, and how it is known."""

    value: Any
    why: str
    known: Known


@dataclass(frozen=True)
class Expected:
    """A result to be reached on the fixture: `measure` of the evidence, at least `value` - `tolerance`.

    Args:
        measure: name of the metric over all classes of the test part.
        value, tolerance: what was reached when the recipe was written, and how far below is as good.
        why: what may be said of it.
        chance: what guessing reaches; the interval of the measure has to lie above it.
    """

    measure: str
    value: float
    tolerance: float
    why: str
    chance: float = 0.5


@dataclass(frozen=True)
class Fixture:
    """What the recipe runs on without any download.

    Args:
        about: what it is.
        write: writes it into a folder, of a seed, and gives what `thirdeye run` is called with; None where
            the recipe needs no data.
        overrides: values of the plan that make the run small; each is named in the recipe's page.
        options: of intake (`DataOptions`).
        budget: time that the run may take.
        classes: of data that the recipe is for.
        located: task whose plan it is where the data say where something is; empty where they have labels
            of whole images.
    """

    about: str
    write: Callable[[Path, int], Path] | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    budget: str = "100s"
    classes: tuple[str, ...] = ("a", "b", "c")
    located: Literal["", "segmentation", "detection", "landmarks"] = ""


@dataclass(frozen=True)
class PublicData:
    """A public data set that carries the recipe today, how its files lie, and how that is known."""

    name: str
    layout: str
    known: Known


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the original, or with how it is told.

    Args:
        text: in a sentence.
        switch: name under which it can be reproduced; empty where there is nothing to reproduce. Always off
            unless it is asked for.
    """

    text: str
    switch: str = ""


@dataclass(frozen=True)
class Setting:
    """What the values of a plan may depend on.

    Args:
        classes: of the data, in output order.
        switches: flaws to be reproduced.
    """

    classes: tuple[str, ...]
    switches: Switches = frozenset()


Demonstration = Callable[[Switches], Trace]
Values = Callable[[Setting], Mapping[str, Chosen]]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A published system.

    Args:
        id, title, tasks: as in the table of all systems.
        question: the clinical question, or what a teaching row shows.
        row: what is known of it.
        sources: where it can be read.
        confidence: of the specification as a whole.
        exactness: "exact" (printed in the source, or public code), "paper" (widths or schedule partly from
            memory) or "substitute" (declared, where the original is unknown or not public).
        fixture: what it runs on without any download.
        expected: what the fixture run has to reach.
        public: data sets that carry it today.
        flaws: of the original.
        demonstrate: the traced run of a teaching row; None where there is none.
        values: the values of the plan that are published; None where nothing is trained.
        lighter: values with which a processor can bear it, each with what is lost; used only where asked for.
        system: what brings its own learning, where the recipe is not one network over one image; `values` are
            then the system's own, and do not depend on the classes. None for a plan.
    """

    id: str
    title: str
    tasks: tuple[str, ...]
    question: str
    row: Row
    sources: tuple[str, ...]
    confidence: Literal["high", "medium", "low"]
    exactness: Literal["exact", "paper", "substitute"]
    fixture: Fixture
    expected: tuple[Expected, ...] = ()
    public: tuple[PublicData, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    demonstrate: Demonstration | None = None
    values: Values | None = None
    lighter: Mapping[str, Chosen] = field(default_factory=dict)
    system: System | None = None

    @property
    def switches(self) -> tuple[str, ...]:
        """Names of the flaws that can be reproduced."""
        return tuple(flaw.switch for flaw in self.flaws if flaw.switch)

    def checked(self, switches: Sequence[str]) -> Switches:
        """The switches, if the recipe has them.

        Raises:
            UsageError: it has no such switch.
        """
        unknown = [name for name in switches if name not in self.switches]
        if unknown:
            known = ", ".join(self.switches) or "none"
            raise UsageError(
                f"the recipe {self.id} has no flaw '{unknown[0]}' to reproduce; there are: {known}"
            )
        return frozenset(switches)

    def published(
        self, classes: Sequence[str], switches: Sequence[str] = (), *, lighter: bool = False
    ) -> Mapping[str, Chosen]:
        """The values of the plan that are published, for data with these classes.

        Args:
            classes: in output order.
            switches: flaws to be reproduced.
            lighter: put those values in their place with which a processor can bear it.

        Raises:
            UsageError: nothing is trained in this recipe, or it has no such switch.
        """
        if self.values is None:
            raise UsageError(
                f"{self.id} is a teaching recipe: nothing is learnt from data of your own; run it with: "
                f"thirdeye recipes run {self.id}"
            )
        chosen = self.values(Setting(tuple(classes), self.checked(switches)))
        return {**chosen, **self.lighter} if lighter else chosen

    def refuse_system(self) -> None:
        """Refuse to be a plan for one network over one image, where the recipe is a system of another shape.

        Raises:
            UsageError: it is; the message says how it is run.
        """
        if self.system is not None:
            raise UsageError(
                f"{self.id} is a system of its own shape, opened, learnt and measured as a whole; run "
                f"it with: thirdeye recipes run {self.id} DATA --out STUDY"
            )

    def plan(
        self, facts: Facts, overrides: Mapping[str, Any] | None = None, switches: Sequence[str] = ()
    ) -> Plan:
        """The published plan for a dataset: rules fill what was not published, the user's values come last.

        Args:
            facts: what the rules look at.
            overrides: field of the plan to the user's value.
            switches: flaws to be reproduced.

        Raises:
            UsageError: nothing is trained in this recipe, it brings its own learning, or a value is wrong.
        """
        self.refuse_system()
        chosen = self.published(facts.classes, switches)
        plan = make_plan(facts, {**values_of(chosen), **(overrides or {})})
        return marked(plan, self.id, chosen, overrides or {})


def values_of(chosen: Mapping[str, Chosen]) -> dict[str, Any]:
    """The values alone, as overrides of a plan."""
    return {name: one.value for name, one in chosen.items()}


def marked(plan: P, name: str, chosen: Mapping[str, Chosen], overrides: Mapping[str, Any]) -> P:
    """A plan of any kind, saying which values the recipe chose and why."""
    ours = {field: one for field, one in chosen.items() if field not in overrides}
    reasons = {field: f"{name}: {one.why} ({KNOWN[one.known]})" for field, one in ours.items()}
    return replace(
        plan,
        reasons={**plan.reasons, **reasons},
        chosen_by={**plan.chosen_by, **dict.fromkeys(ours, "recipe")},
    )
