"""Apply the rules of landmarks, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.landmarks.file import check_landmark_value
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.plan.landmarks.rules import LANDMARK_RULES, LandmarkFacts
from thirdeye.plan.make import fitted


def make_landmark_plan(facts: LandmarkFacts, overrides: Mapping[str, Any] | None = None) -> LandmarkPlan:
    """The plan for a dataset with points.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(LANDMARK_RULES))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(LANDMARK_RULES)}"
        )
    decided: dict[str, Any] = {}
    reasons = {
        "task": "the data have points",
        "classes": "found in the data, in their order",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    chosen_by: dict[str, str] = {}
    for name, rule in LANDMARK_RULES.items():
        value, reason = rule(facts, decided)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value, check=check_landmark_value), "set by the user"
            chosen_by[name] = "user"
        decided[name], reasons[name] = value, reason
    return LandmarkPlan(
        task="landmarks", classes=facts.names, budget_s=facts.budget_s, seed=facts.seed, **decided,
        reasons=reasons, chosen_by=chosen_by,
    )  # fmt: skip
