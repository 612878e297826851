"""``plan.json``: its published schema, and reading it back after a person may have edited it."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, get_type_hints

from thirdeye.errors import UsageError
from thirdeye.plan.plan import Plan

EARLIER = "planned by an earlier version"


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a kind of plan, the file ``schema/NAME.json``; not to be changed."""
    text = resources.files("thirdeye.plan").joinpath(f"schema/{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of ``plan.json``; what it allows is what `--set` allows."""
    return schema_of("plan")


def check_against(plan: dict[str, Any], name: str, value: Any) -> None:
    """Refuse a value that the schema of a plan does not allow in a field.

    Args:
        plan: schema of the plan's file.
        name: of the field.
        value: tuples count as lists.

    Raises:
        UsageError: with what is allowed.
    """
    schema = plan["properties"]["values"]["properties"][name]["properties"]["value"]
    problem = _problem(schema, _lists(value))
    if problem is None:
        return
    if "enum" in schema:
        raise UsageError(f"{name} is one of {', '.join(map(str, schema['enum']))}, got '{value}'")
    if {"minimum", "maximum"} <= set(schema) and problem.validator != "type":
        raise UsageError(f"{name} lies between {schema['minimum']:g} and {schema['maximum']:g}, got {value}")
    raise UsageError(f"{name}: {problem.message}")


def plan_from_json(content: Any) -> Plan:
    """The plan that `Plan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, or is not allowed.
    """
    read = read_values(Plan, plan_schema(), content)
    values = read.values
    if values["positive"] not in (None, *values["classes"]):
        raise UsageError(
            f"plan.json: the positive class '{values['positive']}' is none of {', '.join(values['classes'])}"
        )
    return Plan(**values, reasons=read.reasons, chosen_by=read.chosen_by)


@dataclass(frozen=True)
class ReadValues:
    """What a ``plan.json`` says: the value of each field, why, and who chose it."""

    values: dict[str, Any]
    reasons: dict[str, str]
    chosen_by: dict[str, str]


def read_values(plan: type, schema: dict[str, Any], content: Any) -> ReadValues:
    """The fields of a plan from its file; lists become tuples, numbers of the annotated kind.

    Args:
        plan: dataclass with `reasons` and `chosen_by`. A field that came with a later version has a default,
            under which a plan does what it did before there was such a field.
        schema: of its file; it does not require a field that has a default.
        content: of the file.

    Raises:
        UsageError: a value is missing, is of another kind, or is not allowed.
    """
    problem = _said(_problem(schema, content))
    if problem is not None:
        raise UsageError(f"plan.json{problem}; put it right, or write it again with: thirdeye plan")
    entries = {**_later(plan), **content["values"]}
    names = [one.name for one in fields(plan) if one.name not in ("reasons", "chosen_by")]
    names = [name for name in names if name in entries]
    values = {name: tuples(entries[name]["value"]) for name in names}
    for name, annotation in get_type_hints(plan).items():
        if name in values and annotation in (int, float):  # JSON writes 2 and 2.0 alike
            values[name] = annotation(values[name])
    return ReadValues(
        values,
        {name: entries[name].get("reason", "") for name in names},
        {name: entries[name].get("chosen_by", "rule") for name in names},
    )


def _later(plan: type) -> dict[str, dict[str, Any]]:
    """Entries of the fields that a file of an earlier version lacks."""
    return {
        one.name: {"value": one.default, "reason": EARLIER}
        for one in fields(plan)
        if one.default is not MISSING
    }


def _said(problem: Any) -> str | None:
    """What is wrong with a plan and where, to follow the name of its file; None where nothing is."""
    if problem is None:
        return None
    where = ".".join(str(part) for part in problem.absolute_path)
    return f"{' at ' + where if where else ''}: {problem.message}"


def tuples(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(tuples(item) for item in value) if isinstance(value, (list, tuple)) else value


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def _problem(schema: dict[str, Any], content: Any) -> Any:
    """What jsonschema objects to most, or None."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    return best_match(Draft202012Validator(schema).iter_errors(content))
