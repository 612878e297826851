"""Apply the rules of landmarks, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.plan.apply import apply_rules
from thirdeye.plan.landmarks.file import landmark_plan_schema
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.plan.landmarks.rules import LANDMARK_RULES, LandmarkFacts


def make_landmark_plan(facts: LandmarkFacts, overrides: Mapping[str, Any] | None = None) -> LandmarkPlan:
    """The plan for a dataset with points.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    applied = apply_rules(LANDMARK_RULES, facts, overrides, schema=landmark_plan_schema())
    reasons = applied.reasons | {
        "task": "the data have points",
        "classes": "found in the data, in their order",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    return LandmarkPlan(
        task="landmarks", classes=facts.names, budget_s=facts.budget_s, seed=facts.seed, **applied.values,
        reasons=reasons, chosen_by=applied.chosen_by,
    )  # fmt: skip
