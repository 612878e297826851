"""``plan.json`` of landmarks: its schema, and reading it back after a person may have edited it."""

from __future__ import annotations

from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.file import read_values, schema_of
from thirdeye.plan.landmarks.plan import LandmarkPlan

PATCH_WIDTHS = 5


def landmark_plan_schema() -> dict[str, Any]:
    """The JSON Schema; what it allows is what `--set` allows."""
    return schema_of("landmarks")


def landmark_plan_from_json(content: Any) -> LandmarkPlan:
    """The plan that `LandmarkPlan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, is not allowed, or does not go with another.
    """
    read = read_values(LandmarkPlan, landmark_plan_schema(), content)
    plan = LandmarkPlan(**read.values, reasons=read.reasons, chosen_by=read.chosen_by)
    _refuse_contradictions(plan)
    return plan


def _refuse_contradictions(plan: LandmarkPlan) -> None:
    for name, sides in (("canvas", plan.canvas), ("crop_px", (plan.crop_px,))):
        if any(side % 32 for side in sides):
            raise UsageError(f"plan.json: {name} {sides} should be multiples of 32")
    if plan.technique == "patches":
        _refuse_unfit_patches(plan)
    else:
        _refuse_unfit_maps(plan)
    if plan.swapped and sorted(plan.swapped) != list(range(len(plan.classes))):
        raise UsageError(
            f"plan.json: swapped should name each of the {len(plan.classes)} landmarks once, from 0, or none"
        )


def _refuse_unfit_maps(plan: LandmarkPlan) -> None:
    levels = {2: 4, 4: 3, 8: 2}[plan.stride]
    if len(plan.widths) != levels:
        raise UsageError(
            f"plan.json: heat maps of stride {plan.stride} need {levels} widths; there are {len(plan.widths)}"
        )
    if plan.architecture == "landmark_patches":
        raise UsageError("plan.json: the network landmark_patches belongs to the technique patches")


def _refuse_unfit_patches(plan: LandmarkPlan) -> None:
    if plan.architecture != "landmark_patches" or plan.loss != "cross_entropy" or plan.zoom:
        raise UsageError(
            f"plan.json: patches are read by landmark_patches, with cross_entropy and in one look (zoom 0); "
            f"got {plan.architecture}, {plan.loss}, zoom {plan.zoom:g}"
        )
    if len(plan.widths) != PATCH_WIDTHS:
        raise UsageError(
            f"plan.json: landmark_patches takes {PATCH_WIDTHS} widths, of four convolutions and the fully "
            f"connected layer; there are {len(plan.widths)}"
        )
    if list(plan.rings) != sorted(set(plan.rings)):
        raise UsageError(f"plan.json: rings should grow, got {plan.rings}")
