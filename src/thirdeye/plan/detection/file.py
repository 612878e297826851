"""``plan.json`` of a detection: its schema, and reading it back after a person may have edited it."""

from __future__ import annotations

from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.detection.multibox import MULTIBOX
from thirdeye.plan.detection.networks import SLIDING_NETWORKS
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.file import read_values, schema_of

OF_TECHNIQUE = {
    "one_stage": ("fcos_lite0", "retinanet_lite0", *MULTIBOX),
    "two_stage": ("faster_rcnn_lite0",),
    "sliding": tuple(SLIDING_NETWORKS),
}
PYRAMID = (4, 8, 16, 32, 64, 128)


def detection_plan_schema() -> dict[str, Any]:
    """The JSON Schema; what it allows is what `--set` allows."""
    return schema_of("detection")


def detection_plan_from_json(content: Any) -> DetectionPlan:
    """The plan that `DetectionPlan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing, is of another kind, is not allowed, or does not go with another.
    """
    read = read_values(DetectionPlan, detection_plan_schema(), content)
    values = read.values
    values["anchors"], values["ratios"] = (tuple(map(float, values[name])) for name in ("anchors", "ratios"))
    values["suppressions"] = tuple((name, float(value)) for name, value in values["suppressions"])
    values["object_px"] = tuple((float(width), float(height)) for width, height in values["object_px"])
    plan = DetectionPlan(**values, reasons=read.reasons, chosen_by=read.chosen_by)
    refuse_contradictions(plan)
    return plan


def refuse_contradictions(plan: DetectionPlan) -> None:
    """Refuse values that do not go together.

    Raises:
        UsageError: which, and what would.
    """
    known = OF_TECHNIQUE[plan.technique]
    if plan.architecture not in known:
        raise UsageError(
            f"the technique '{plan.technique}' has the architecture {' or '.join(known)}, got "
            f"'{plan.architecture}'"
        )
    if plan.technique == "sliding":
        if len(plan.object_px) != len(plan.classes):
            raise UsageError(
                f"object_px needs width and height for each of the {len(plan.classes)} classes, got "
                f"{len(plan.object_px)}"
            )
        _refuse_unlike_networks(plan)
        return
    if plan.preparation:
        raise UsageError(f"preparation is for a classifier that slides; the technique is '{plan.technique}'")
    if plan.networks:
        raise UsageError(f"networks are further classifiers that slide; '{plan.technique}' has one network")
    if len(plan.anchors) != len(plan.strides):
        raise UsageError(
            f"anchors needs one size for each of the {len(plan.strides)} strides, got {len(plan.anchors)}"
        )
    if plan.architecture in MULTIBOX:
        _refuse_other_window(plan)
        return
    if plan.weights == "hub":
        raise UsageError(f"{plan.architecture} has the weights 'embedded' or 'none', not 'hub'")
    if any(b != 2 * a for a, b in zip(plan.strides, plan.strides[1:], strict=False)):
        raise UsageError(f"each of the strides is twice the last, got {plan.strides}")
    if plan.strides[0] not in PYRAMID:
        raise UsageError(f"the finest of the strides is one of {PYRAMID}, got {plan.strides}")
    multiple = max(32, plan.strides[-1])
    if any(side % multiple for side in plan.tile_px):
        raise UsageError(
            f"the sides of tile_px are multiples of {multiple}, the coarsest cell; got {plan.tile_px}"
        )
    if plan.architecture == "fcos_lite0" and len(plan.ratios) != 1:
        raise UsageError(f"fcos_lite0 has one anchor a place: ratios needs one number, got {plan.ratios}")


def _refuse_unlike_networks(plan: DetectionPlan) -> None:
    """Networks that are averaged answer about the same squares, each at the places that are asked."""
    side = SLIDING_NETWORKS[plan.architecture].side_px
    for name in (plan.architecture, *plan.networks):
        shape = SLIDING_NETWORKS[name]
        if shape.side_px != side:
            raise UsageError(
                f"networks that slide together see squares of one side: {plan.architecture} {side}, {name} "
                f"{shape.side_px}"
            )
        if shape.stride_px % plan.answers_px:
            raise UsageError(
                f"answers_px is a power of two up to {shape.stride_px} for {name}, got {plan.answers_px}"
            )


def _refuse_other_window(plan: DetectionPlan) -> None:
    """An SSD reads windows of one size, with the default boxes of that size."""
    side = plan.strides[-1]
    if plan.tile_px != (side, side):
        raise UsageError(
            f"{plan.architecture} reads windows of its coarsest stride, {side} x {side}; tile_px is "
            f"{plan.tile_px}"
        )
    if any(b <= a for a, b in zip(plan.strides, plan.strides[1:], strict=False)) or len(plan.strides) < 2:
        raise UsageError(f"the strides of {plan.architecture} rise, got {plan.strides}")
    if plan.ratios[0] != 1 or min(plan.ratios) < 1:
        raise UsageError(
            f"the ratios of {plan.architecture} are 1, then longer to shorter side, got {plan.ratios}"
        )
    known = ("hub", "none") if plan.architecture == "ssd300_vgg16" else ("embedded", "none")
    if plan.weights not in known:
        raise UsageError(f"{plan.architecture} has the weights {' or '.join(known)}, not '{plan.weights}'")
