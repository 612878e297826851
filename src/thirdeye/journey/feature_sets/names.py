"""Names of feature sets: single ones, and several side by side."""

from __future__ import annotations

from thirdeye.errors import UsageError
from thirdeye.intake.words import joined_by_and
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener

NETWORK, VARIABLES = "network", "variables"
SINGLE = {
    VARIABLES: "clinical variables",
    "handcrafted": "hand-crafted features of the whole picture",
    "hog": "histograms of oriented gradients",
    "divergence": "histograms of gradient divergence",
    "pretrained": "features learnt from natural images",
    NETWORK: "features of the reader's networks",
}


def parts_of(name: str) -> tuple[str, ...]:
    """The single sets of a name: "variables+network" has two."""
    return tuple(name.split("+"))


def title_of(name: str) -> str:
    """As a sentence has it: "A, B and C"."""
    return joined_by_and(
        [SINGLE.get(part) or f"features of {_architecture(part)}" for part in parts_of(name)]
    )


def architecture_of(part: str) -> str | None:
    """The architecture that is learnt for a single set alone: of "network:NAME" its NAME."""
    kind, _, name = part.partition(":")
    return name if kind == NETWORK and name else None


def refuse_unfit_sets(plan: Plan, tell: Listener) -> None:
    """Refuse feature sets that cannot be; say which are left out as no clinical variable is used.

    Raises:
        UsageError: a name is unknown or comes twice in one set, or labels do not exclude each other.
    """
    if plan.feature_sets and plan.task == "multilabel":
        raise UsageError(
            "feature_sets: one machine answers one question; these labels do not exclude each other"
        )
    for name in plan.feature_sets:
        parts = parts_of(name)
        unknown = [part for part in parts if part not in SINGLE and architecture_of(part) is None]
        if unknown or len(set(parts)) < len(parts):
            raise UsageError(
                f"a feature set is made of {', '.join(SINGLE)} and network:ARCHITECTURE, each once and "
                f"joined by '+'; got '{name}'"
            )
    if plan.networks and plan.validation == "cross_fitted" and NETWORK in _every_part(plan):
        raise UsageError(
            "feature_sets: 'network' of several architectures needs validation=official; name one alone"
        )
    left = [name for name in plan.feature_sets if name not in usable(plan)]
    if left:
        tell(Event("note", f"no clinical variable is used: feature sets left out: {', '.join(left)}"))


def usable(plan: Plan) -> tuple[str, ...]:
    """Feature sets of a plan that can be had: without clinical variables, those that need none."""
    return tuple(name for name in plan.feature_sets if plan.variables or VARIABLES not in parts_of(name))


def learnt_for_sets(plan: Plan) -> tuple[str, ...]:
    """Architectures that learn for feature sets alone."""
    found = (architecture_of(part) for part in sorted(_every_part(plan)))
    return tuple(name for name in found if name is not None)


def _every_part(plan: Plan) -> set[str]:
    return {part for name in plan.feature_sets for part in parts_of(name)}


def _architecture(part: str) -> str:
    return (architecture_of(part) or part).rpartition(":")[2]
