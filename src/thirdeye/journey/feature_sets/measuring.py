"""Feature sets in the evidence: each against the first, and every combination against what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.journey.feature_sets.fitting import FittedSet
from thirdeye.journey.feature_sets.names import parts_of, title_of
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

FEATURE_SETS = "feature_sets"


def join_feature_sets(
    entry: dict[str, Any], scored: Scored, found: Sequence[FittedSet], plan: Plan, *, patients_known: bool
) -> None:
    """Write "feature_sets" into the entry of the test part, where the plan names two or more.

    The primary measure alone is compared; p is adjusted by Holm over all pairs.

    Args:
        entry: of the test part; changed.
        scored: its cases.
        found: what was fitted, in the order of the plan; the first is what the others are compared with.
        plan: task, classes, positive class, seed.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    by_name = {one.name: one for one in found}
    pairs = list(pairs_of(tuple(by_name)))
    if not pairs:
        return
    compared = [
        compare_models(
            labels=scored.labels, first=by_name[one].test, second=by_name[other].test,
            classes=list(plan.classes), task=plan.task, positive=plan.positive,
            clusters=scored.patients if patients_known else None, names=(title_of(one), title_of(other)),
            seed=plan.seed, only_primary=True,
        )
        for one, other in pairs
    ]  # fmt: skip
    entry[FEATURE_SETS] = {
        "sets": [
            {
                "source": one.source, "title": title_of(one.name), "parts": list(parts_of(one.name)),
                "n_features": one.n_features, "validation": one.validation.as_json(),
            }
            for one in found
        ],
        "comparisons": with_adjusted(compared),
    }  # fmt: skip


def pairs_of(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every set against the first, then every combination against the sets that it holds; none twice."""
    seen = set()
    held = {name: set(parts_of(name)) for name in names}
    against_first = [(name, names[0]) for name in names[1:]]
    for one, other in against_first + [(one, other) for one in names for other in names]:
        larger = other == names[0] or held[other] < held[one]
        if one != other and larger and (one, other) not in seen and (other, one) not in seen:
            seen.add((one, other))
            yield one, other
