"""``plan.json`` of a segmentation: its schema, and reading it back after a person may have edited it."""

from __future__ import annotations

from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import PATCHES
from thirdeye.plan.file import read_values, schema_of


def dense_plan_schema() -> dict[str, Any]:
    """The JSON Schema; what it allows is what `--set` allows."""
    return schema_of("segmentation")


def dense_plan_from_json(content: Any) -> DensePlan:
    """The plan that `DensePlan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, is not allowed, or does not go with another.
    """
    read = read_values(DensePlan, dense_plan_schema(), content)
    plan = DensePlan(**read.values, reasons=read.reasons, chosen_by=read.chosen_by)
    _refuse_contradictions(plan)
    return plan


def _refuse_contradictions(plan: DensePlan) -> None:
    if plan.members > plan.folds:
        raise UsageError(f"plan.json: {plan.members} members need as many folds; there are {plan.folds}")
    lengths = {len(plan.patch), *map(len, plan.strides), *map(len, plan.kernels)}
    if lengths != {plan.axes}:
        raise UsageError(f"plan.json: patch, strides and kernels need {plan.axes} numbers each, as axes says")
    if (plan.architecture == PATCHES) != bool(plan.scales):
        raise UsageError(
            f"plan.json: scales are the squares of {PATCHES} and of no other network; got {plan.scales} for "
            f"{plan.architecture}"
        )
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
