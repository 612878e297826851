"""Apply rules to facts, then the user's own values; the same for every kind of plan."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from thirdeye.errors import UsageError
from thirdeye.plan.file import check_against, tuples

F = TypeVar("F")


@dataclass
class Applied:
    """What the rules and the user decided.

    Args:
        values: field name to value.
        reasons: field name to why.
        chosen_by: "user" for each field that the user set.
    """

    values: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    chosen_by: dict[str, str] = field(default_factory=dict)


def apply_rules(
    rules: Mapping[str, Callable[[F, Mapping[str, Any]], tuple[Any, str]]],
    facts: F,
    overrides: Mapping[str, Any] | None,
    *,
    schema: dict[str, Any],
) -> Applied:
    """Every value with its reason.

    Args:
        rules: field name to rule, in the order in which they see each other's values.
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.
        schema: of the plan's file; it says what a field allows.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(rules))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(rules)}"
        )
    applied = Applied()
    for name, rule in rules.items():
        value, reason = rule(facts, applied.values)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value, schema=schema), "set by the user"
            applied.chosen_by[name] = "user"
        applied.values[name], applied.reasons[name] = value, reason
    return applied


def fitted(name: str, value: Any, example: Any, *, schema: dict[str, Any]) -> Any:
    """A user's value in the type of the rule's own.

    Args:
        name: of the field, for the message.
        value: what came; text is read as a Python literal where the field is not text.
        example: what the rule gave.
        schema: of the plan's file.

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
    check_against(schema, name, value)
    return value
