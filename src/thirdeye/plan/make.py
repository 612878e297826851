"""Apply the rules, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.plan.apply import apply_rules
from thirdeye.plan.file import plan_schema
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import RULES, Facts


def make_plan(facts: Facts, overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan for a dataset.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    applied = apply_rules(RULES, facts, overrides, schema=plan_schema())
    given: dict[str, Any] = {
        "task": facts.task,
        "classes": facts.classes,
        "positive": facts.positive,
        "budget_s": facts.budget_s,
        "seed": facts.seed,
    }
    reasons = applied.reasons | {
        "task": "follows from the labels",
        "classes": "found in the labels",
        "positive": "named by the user or recognised, see the findings",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    return Plan(**given, **applied.values, reasons=reasons, chosen_by=applied.chosen_by)
