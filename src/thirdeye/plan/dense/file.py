"""``plan.json`` of a segmentation: its schema, and reading it back after a person may have edited it."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any, get_type_hints

from thirdeye.errors import UsageError
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.file import check_against, problem_with, tuples


@cache
def dense_plan_schema() -> dict[str, Any]:
    """The JSON Schema; what it allows is what `--set` allows."""
    text = resources.files("thirdeye.plan").joinpath("schema/segmentation.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_dense_value(name: str, value: Any) -> None:
    """Refuse a value outside what the field allows.

    Raises:
        UsageError: with what is allowed.
    """
    schema = dense_plan_schema()["properties"]["values"]["properties"][name]["properties"]["value"]
    check_against(schema, name, value)


def dense_plan_from_json(content: Any) -> DensePlan:
    """The plan that `DensePlan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, is not allowed, or does not go with another.
    """
    problem = problem_with(dense_plan_schema(), content)
    if problem is not None:
        raise UsageError(f"plan.json{problem}; put it right, or write it again with: thirdeye plan")
    entries = content["values"]
    names = [field.name for field in fields(DensePlan) if field.name not in ("reasons", "chosen_by")]
    names = [name for name in names if name in entries]  # older plans know of no label
    values = {name: tuples(entries[name]["value"]) for name in names}
    for name, annotation in get_type_hints(DensePlan).items():
        if name in values and annotation in (int, float):  # JSON writes 2 and 2.0 alike
            values[name] = annotation(values[name])
    plan = DensePlan(
        **values,
        reasons={name: entries[name].get("reason", "") for name in names},
        chosen_by={name: entries[name].get("chosen_by", "rule") for name in names},
    )
    _refuse_contradictions(plan)
    return plan


def _refuse_contradictions(plan: DensePlan) -> None:
    if plan.members > plan.folds:
        raise UsageError(f"plan.json: {plan.members} members need as many folds; there are {plan.folds}")
    lengths = {len(plan.patch), *map(len, plan.strides), *map(len, plan.kernels)}
    if lengths != {plan.axes}:
        raise UsageError(f"plan.json: patch, strides and kernels need {plan.axes} numbers each, as axes says")
    if plan.levels != len(plan.kernels) or plan.levels != len(plan.strides) + 1:
        raise UsageError(
            f"plan.json: {plan.levels} levels need {plan.levels} kernels and {plan.levels - 1} strides; "
            f"there are {len(plan.kernels)} and {len(plan.strides)}"
        )
    for axis, side in enumerate(plan.patch):
        factor = 1
        for stride in plan.strides:
            factor *= stride[axis]
        if side % factor:
            raise UsageError(
                f"plan.json: side {side} of the patch should be a multiple of {factor}, the product of the "
                f"strides along axis {axis}"
            )
    if plan.intensity == "window" and len(plan.window) != 4:
        raise UsageError("plan.json: intensity 'window' needs four numbers: lowest, highest, mean, spread")
