"""Apply the rules of a segmentation, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.plan.apply import apply_rules
from thirdeye.plan.dense.file import dense_plan_schema
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import DENSE_RULES, DenseFacts


def make_dense_plan(facts: DenseFacts, overrides: Mapping[str, Any] | None = None) -> DensePlan:
    """The plan for a dataset with masks.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    applied = apply_rules(DENSE_RULES, facts, overrides, schema=dense_plan_schema())
    reasons = applied.reasons | {
        "task": "the data have masks",
        "classes": "what the masks mark",
        "label_classes": "the label that the cases have besides their masks"
        if facts.label_classes
        else facts.label_left_alone,
        "label_positive": "the class that counts as diseased, as the data say"
        if facts.label_positive
        else "the label has no such class",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    return DensePlan(
        task="segmentation", classes=facts.classes, budget_s=facts.budget_s, seed=facts.seed,
        **applied.values, label_classes=facts.label_classes, label_positive=facts.label_positive,
        reasons=reasons, chosen_by=applied.chosen_by,
    )  # fmt: skip
