"""What canvas, checklists and model card say of a task that marks where something is.

Each function answers in place of the one for classes; it returns None for a task that names classes, so that
the other answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.report.evidence import Evidence
from thirdeye.report.located.names import LOCATED
from thirdeye.report.located.reader import input_text
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import measure, title_in
from thirdeye.report.numbers import MetricJson, full_text, number
from thirdeye.report.sets import EvidenceSet, test_set

# Fields of the canvas for measures of classes: what stands in their place, and why.
_IN_PLACE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "accuracy": ((), "no measure of marks: most of an image is background"),
    "sensitivity": (("case_sensitivity", "piece_sensitivity", "lesion_sensitivity"), ""),
    "specificity": (("case_specificity",), ""),
    "ppv": (("pixel_precision", "lesion_ppv"), ""),
    "npv": ((), "not defined for marks"),
    "auc": (("pixel_auc", "patient_auc", "image_auc"), ""),
    "auc_macro": (("pixel_auc", "patient_auc", "image_auc"), ""),
}
_TASKS = {
    "segmentation": "a label for every pixel or voxel, as outlines in the geometry of the image",
    "detection": "boxes, each with a score",
    "landmarks": "points, each with its certainty",
}


def is_located(evidence: Evidence) -> bool:
    """Whether the task says where something is."""
    return evidence.task in LOCATED


def headline_metrics(evidence: Evidence, part: EvidenceSet) -> list[MetricJson]:
    """The headline measures of a part; empty for a task that names classes."""
    words = located_words(evidence.task)
    return words.headline_metrics(part) if words else []


def headline_text(evidence: Evidence, part: EvidenceSet) -> str | None:
    """The headline measures with their intervals, overall and of each class."""
    words = located_words(evidence.task)
    if words is None:
        return None
    unit = part.content.get("length_unit")
    said = [f"{title_in(str(m.get('name')), unit)} {full_text(m)}" for m in words.headline_metrics(part)]
    main = words.headlines[0]
    of_each = [(name, part.metric(main, class_name=name)) for name in evidence.classes]
    if len(evidence.classes) > 1:
        said += [f"{name}: {measure(main).title} {full_text(m)}" for name, m in of_each if m]
    return "; ".join(said) or "no figure"


def canvas_metric(evidence: Evidence, name: str) -> tuple[str, tuple[MetricJson, ...]] | None:
    """Text and metrics of a field of the canvas; None where the field stands as for classes."""
    part = test_set(evidence)
    if not is_located(evidence) or part is None or name not in _IN_PLACE:
        return None
    names, why = _IN_PLACE[name]
    found = [m for m in part.metrics if m.get("name") in names]
    if not found:
        return why or "not measured: there is no threshold to move", ()
    said = "; ".join(
        " ".join(filter(None, (measure(str(m["name"])).title, str(m.get("class") or ""), full_text(m))))
        for m in found
    )
    return said, tuple(found)


def training_text(evidence: Evidence) -> str | None:
    """How the networks learnt: rounds, patches, loss."""
    plan = evidence.plan_value
    if not is_located(evidence) or (plan("rounds") is None and plan("epochs") is None):
        return None
    steps = f"{plan('rounds')} rounds" if plan("rounds") is not None else f"{plan('epochs')} epochs"
    patch = plan("patch")
    of = f" of {' × '.join(map(str, patch))}" if isinstance(patch, list) else ""
    parts = [f"up to {steps}", f"{plan('batch_size')} patches or images{of} a step", "AdamW"]
    if plan("learning_rate") is not None:
        parts.append(f"learning rate {plan('learning_rate')}")
    if plan("loss"):
        parts.append(f"loss: {str(plan('loss')).replace('_', ' ')}")
    return ", ".join(parts)


def augmentation_text(evidence: Evidence) -> str | None:
    """Random variation of a plan for masks; None where the plan lists it by name."""
    plan = evidence.plan_value
    if not is_located(evidence) or plan("turn_deg") is None:
        return None
    said = [
        f"turned by up to {plan('turn_deg'):g}°",
        f"scaled by up to {number(plan('scale'), percent=True, digits=0)}",
    ]
    if plan("mirrored"):
        said.append("mirrored")
    if plan("tone"):
        said.append("brightness, contrast, sharpness and noise varied")
    return f"{', '.join(said)}; drawn anew for every patch"


def output_text(evidence: Evidence) -> str | None:
    """What the reader gives."""
    words = located_words(evidence.task)
    if words is None or not evidence.classes:
        return None
    names = ", ".join(evidence.classes[:12])
    return f"{_TASKS[words.task]}; {words.nouns}: {names}"


def size_text(evidence: Evidence) -> str | None:
    """What the network sees of an image."""
    return input_text(evidence) or None if is_located(evidence) else None


def selection_text(evidence: Evidence) -> str | None:
    """What validation data chose."""
    words = located_words(evidence.task)
    if words is None or not evidence.model:
        return None
    return (
        "the state of each network, mirrored views and tidying were kept only where better on cases that "
        f"the network had not learnt from (by {measure(words.headlines[0]).title}); the test part chose "
        "nothing"
    )
