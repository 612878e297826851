"""Apply the rules, then the user's own values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.file import check_value, tuples
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
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(RULES))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(RULES)}"
        )
    decided: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    chosen_by: dict[str, str] = {}
    for name, rule in RULES.items():
        value, reason = rule(facts, decided)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value), "set by the user"
            chosen_by[name] = "user"
        decided[name], reasons[name] = value, reason
    given: dict[str, Any] = {
        "task": facts.task,
        "classes": facts.classes,
        "positive": facts.positive,
        "budget_s": facts.budget_s,
        "seed": facts.seed,
    }
    reasons |= {
        "task": "follows from the labels",
        "classes": "found in the labels",
        "positive": "named by the user or recognised, see the findings",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    return Plan(**given, **decided, reasons=reasons, chosen_by=chosen_by)


def fitted(name: str, value: Any, example: Any, *, check: Callable[[str, Any], None] = check_value) -> Any:
    """A user's value in the type of the rule's own.

    Args:
        name: of the field, for the message.
        value: what came; text is read as a Python literal where the field is not text.
        example: what the rule gave.
        check: refuses a value that the field does not allow.

    Raises:
        UsageError: it cannot be read as that type, or the field does not allow it.
    """
    if isinstance(value, str) and not isinstance(example, str):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError) as error:
            raise UsageError(f"{name} should look like {example!r}, got {value!r}") from error
    if isinstance(example, tuple) and isinstance(value, (list, tuple)):
        value = tuples(value)
    elif isinstance(example, float) and isinstance(value, int):
        value = float(value)
    if type(value) is not type(example):
        raise UsageError(f"{name} should look like {example!r}, got {value!r}")
    check(name, value)
    return value
