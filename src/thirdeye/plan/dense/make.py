"""Apply the rules of a segmentation, then the user's own values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.dense.file import check_dense_value
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import DENSE_RULES, DenseFacts
from thirdeye.plan.make import fitted


def make_dense_plan(facts: DenseFacts, overrides: Mapping[str, Any] | None = None) -> DensePlan:
    """The plan for a dataset with masks.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(DENSE_RULES))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(DENSE_RULES)}"
        )
    decided: dict[str, Any] = {}
    reasons = {
        "task": "the data have masks",
        "classes": "what the masks mark",
        "label_classes": "the label that the cases have besides their masks"
        if facts.label_classes
        else "the cases have no label besides their masks",
        "label_positive": "the class that counts as diseased, as the data say"
        if facts.label_positive
        else "the label has no such class",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    chosen_by: dict[str, str] = {}
    for name, rule in DENSE_RULES.items():
        value, reason = rule(facts, decided)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value, check=check_dense_value), "set by the user"
            chosen_by[name] = "user"
        decided[name], reasons[name] = value, reason
    return DensePlan(
        task="segmentation", classes=facts.classes, budget_s=facts.budget_s, seed=facts.seed, **decided,
        label_classes=facts.label_classes, label_positive=facts.label_positive,
        reasons=reasons, chosen_by=chosen_by,
    )  # fmt: skip
