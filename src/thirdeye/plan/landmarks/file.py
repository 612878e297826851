"""``plan.json`` of landmarks: its schema, and reading it back after a person may have edited it."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any, get_type_hints

from thirdeye.errors import UsageError
from thirdeye.plan.file import check_against, problem_with, tuples
from thirdeye.plan.landmarks.plan import LandmarkPlan


@cache
def landmark_plan_schema() -> dict[str, Any]:
    """The JSON Schema; what it allows is what `--set` allows."""
    text = resources.files("thirdeye.plan").joinpath("schema/landmarks.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_landmark_value(name: str, value: Any) -> None:
    """Refuse a value outside what the field allows.

    Raises:
        UsageError: with what is allowed.
    """
    schema = landmark_plan_schema()["properties"]["values"]["properties"][name]["properties"]["value"]
    check_against(schema, name, value)


def landmark_plan_from_json(content: Any) -> LandmarkPlan:
    """The plan that `LandmarkPlan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, is not allowed, or does not go with another.
    """
    problem = problem_with(landmark_plan_schema(), content)
    if problem is not None:
        raise UsageError(f"plan.json{problem}; put it right, or write it again with: thirdeye plan")
    entries = content["values"]
    names = [field.name for field in fields(LandmarkPlan) if field.name not in ("reasons", "chosen_by")]
    values = {name: tuples(entries[name]["value"]) for name in names}
    for name, annotation in get_type_hints(LandmarkPlan).items():
        if annotation is int or annotation is float:  # JSON writes 2 and 2.0 alike
            values[name] = annotation(values[name])
    plan = LandmarkPlan(
        **values,
        reasons={name: entries[name].get("reason", "") for name in names},
        chosen_by={name: entries[name].get("chosen_by", "rule") for name in names},
    )
    _refuse_contradictions(plan)
    return plan


def _refuse_contradictions(plan: LandmarkPlan) -> None:
    for name, sides in (("canvas", plan.canvas), ("crop_px", (plan.crop_px,))):
        if any(side % 32 for side in sides):
            raise UsageError(f"plan.json: {name} {sides} should be multiples of 32")
    levels = {2: 4, 4: 3, 8: 2}[plan.stride]
    if len(plan.widths) != levels:
        raise UsageError(
            f"plan.json: heat maps of stride {plan.stride} need {levels} widths; there are {len(plan.widths)}"
        )
    if plan.swapped and sorted(plan.swapped) != list(range(len(plan.classes))):
        raise UsageError(
            f"plan.json: swapped should name each of the {len(plan.classes)} landmarks once, from 0, or none"
        )
