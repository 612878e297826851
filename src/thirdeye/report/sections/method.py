"""What was done, and why: the plan as a table with a reason beside each value."""

from __future__ import annotations

from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Cell, Column, Facts, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.names import LOCATED
from thirdeye.report.located.plan_words import LOCATED_FIELDS, LOCATED_VALUES, network_words
from thirdeye.report.located.reader import located_facts
from thirdeye.report.names import PLAN_FIELDS, TASKS, operating_point_title
from thirdeye.report.numbers import duration, is_number
from thirdeye.report.sections.published import reason_words

_STEPS = ("augmentation", "preparation", "quality")
_BETWEEN = {"window": " to ", "object_shares": ", then ", "rings": ", "}  # numbers that are no sides
_VALUES: dict[tuple[str, str], str] = {
    (
        "validation",
        "cross_fitted",
    ): "cross-fitted: each development case is predicted by a network that never saw it",
    ("validation", "official"): "the validation part that came with the data",
    ("resize", "squash"): "stretched to fill the square",
    ("resize", "pad"): "aspect ratio kept, black borders",
    ("intensity", "full_range"): "the full range of the file",
    ("intensity", "percentile"): "0.5th to 99.5th percentile of each image",
    ("weights", "embedded"): "pre-trained on natural images (ImageNet), shipped with the package",
    ("weights", "hub"): "pre-trained, from the hub",
    ("weights", "none"): "random: trained from scratch",
    ("class_weighting", "none"): "not treated specially",
    ("class_weighting", "sampler"): "drawn more often",
    ("class_weighting", "loss"): "weighted in the loss",
    ("precision", "fp32"): "32-bit floating point",
    ("precision", "bf16"): "16-bit brain floating point",
}


def method_section(evidence: Evidence) -> Section:
    """The plan, then what the reader is made of."""
    blocks: list[Block] = []
    values = evidence.plan.get("values") or {}
    if values:
        blocks.append(
            Paragraph(
                f"Every decision was fixed before training, by {_deciders(evidence)}. No decision saw "
                "the test part."
            )
        )
    else:
        blocks.append(Notice("warning", "There is no plan", "plan.json is not in the study folder."))
    facts = _reader_facts(evidence)
    if facts:
        blocks += [Paragraph("The reader that came out of it", "label"), Facts(tuple(facts))]
    if values:
        blocks.append(
            Fold(
                f"Every decision of the plan, with its reason ({len(values)})",
                (_plan_table(evidence, values),),
            )
        )
    return Section("method", "What was done, and why", tuple(blocks))


def _deciders(evidence: Evidence) -> str:
    if evidence.published:
        return "what was published, by rules that follow from the data, or by the user"
    return "rules that follow from the data or by the user"


def _plan_table(evidence: Evidence, values: dict[str, Any]) -> Table:
    rows = []
    located = (values.get("task") or {}).get("value") in LOCATED
    fields = PLAN_FIELDS | (LOCATED_FIELDS if located else {})
    for name, entry in values.items():
        reason = reason_words(evidence, name, entry)
        title = Cell(fields.get(name, name.replace("_", " ").capitalize()))
        rows.append((title, plan_value_text(name, entry.get("value")), reason))
    columns = (Column("Decision", weight=1.4), Column("Value", weight=1.6), Column("Reason", weight=3))
    return Table(columns, tuple(rows), "The plan")


def plan_value_text(name: str, value: Any) -> str:
    """A value of the plan in words."""
    if value is None or value in ([], ()):
        return "none"
    if name not in _STEPS and (text := _sides(name, value)):
        return text
    if name == "budget_s":
        return duration(value)
    if name == "task":
        return TASKS.get(str(value), str(value))
    if name in ("mixup", "averaging", "label_smoothing") and value == 0:
        return "off"
    if name in _STEPS:
        return ", ".join(_augmentation(item) for item in value)
    if isinstance(value, list | tuple):
        return _listed([_spaced(item) if name != "classes" else str(item) for item in value])
    if (name, str(value)) in LOCATED_VALUES:
        return LOCATED_VALUES[name, str(value)]
    if (name, str(value)) in _VALUES:
        return _VALUES[name, str(value)]
    return f"{value:g}" if is_number(value) else str(value)


def _sides(name: str, value: Any) -> str:
    """Numbers along axes ("64 × 64"), or a list of such; empty for anything else."""
    if not isinstance(value, list | tuple):
        return ""
    if all(map(is_number, value)):
        return _BETWEEN.get(name, " × ").join(f"{one:g}" for one in value)
    return _listed(texts) if all(texts := [_sides("", one) for one in value]) else ""


def _augmentation(item: Any) -> str:
    if isinstance(item, list | tuple) and len(item) == 2 and is_number(item[1]):
        return f"{_spaced(item[0])} ({item[1]:g})"
    return _spaced(item)


def _listed(names: list[str], most: int = 12) -> str:
    shown = ", ".join(shorten(name, 60) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _spaced(name: Any) -> str:
    return str(name).replace("_", " ")


def _reader_facts(evidence: Evidence) -> list[tuple[str, str]]:
    model = evidence.model
    if not model:
        return []
    members = model.get("members") or []
    views = model.get("views") or []
    calibration = model.get("calibration") or {}
    name = network_words(model.get("architecture", "not recorded"))
    facts = [
        ("Network", f"{name}; {len(members)} member{'s' * (len(members) != 1)}"),
        ("Views averaged", _listed([_spaced(view) for view in views]) or "the image as it is"),
    ]
    located = located_facts(evidence)
    facts = [facts[0], *located] if located else [*facts, ("Calibration", _calibration(calibration))]
    for weights in model.get("weights") or []:
        if weights.get("source") == "random":
            facts.append(("Starting weights", "random: trained from scratch"))
            continue
        licence = weights.get("licence") or "licence not recorded"
        facts.append(("Starting weights", f"{weights.get('name')} from {weights.get('source')}, {licence}"))
    for point in model.get("operating_points") or []:
        if is_number(point.get("threshold")):
            title = operating_point_title(str(point.get("name")))
            title += f", {point['class']}" if point.get("class") else ""
            facts.append((title, f"positive at a probability of {point['threshold']:.4g} or more"))
    return facts


def _calibration(calibration: dict[str, Any]) -> str:
    if not calibration.get("method"):
        return "not recorded"
    fitted = calibration.get("fitted_on")
    n = calibration.get("n")
    if calibration["method"] == "none":
        on = f" on {fitted} data" if fitted else ""
        return f"none: no method did better{on}" + (f" ({n:,} cases)" if is_number(n) else "")
    on = f", fitted on {fitted} data" if fitted else ""
    return f"{_spaced(calibration['method'])}{on}" + (f" ({n:,} cases)" if is_number(n) else "")
