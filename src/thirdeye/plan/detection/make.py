"""Apply the rules of a detection, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.detection.file import check_detection_value, refuse_contradictions
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.detection.rules import DETECTION_RULES, DetectionFacts
from thirdeye.plan.make import fitted


def make_detection_plan(facts: DetectionFacts, overrides: Mapping[str, Any] | None = None) -> DetectionPlan:
    """The plan for a dataset with boxes.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, its value is of another kind, or
            does not go with another.
    """
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(DETECTION_RULES))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(DETECTION_RULES)}"
        )
    decided: dict[str, Any] = {}
    reasons = {
        "task": "the data have boxes",
        "classes": "what the boxes hold",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    chosen_by: dict[str, str] = {}
    for name, rule in DETECTION_RULES.items():
        value, reason = rule(facts, decided)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value, check=check_detection_value), "set by the user"
            chosen_by[name] = "user"
        decided[name], reasons[name] = value, reason
    plan = DetectionPlan(
        task="detection", classes=facts.classes, budget_s=facts.budget_s, seed=facts.seed, **decided,
        reasons=reasons, chosen_by=chosen_by,
    )  # fmt: skip
    refuse_contradictions(plan)
    return plan
