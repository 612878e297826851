"""Apply the rules of a detection, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.plan.apply import apply_rules
from thirdeye.plan.detection.file import detection_plan_schema, refuse_contradictions
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.detection.rules import DETECTION_RULES, DetectionFacts


def make_detection_plan(facts: DetectionFacts, overrides: Mapping[str, Any] | None = None) -> DetectionPlan:
    """The plan for a dataset with boxes.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, its value is of another kind, or
            does not go with another.
    """
    applied = apply_rules(DETECTION_RULES, facts, overrides, schema=detection_plan_schema())
    reasons = applied.reasons | {
        "task": "the data have boxes",
        "classes": "what the boxes hold",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    plan = DetectionPlan(
        task="detection", classes=facts.classes, budget_s=facts.budget_s, seed=facts.seed, **applied.values,
        reasons=reasons, chosen_by=applied.chosen_by,
    )  # fmt: skip
    refuse_contradictions(plan)
    return plan
