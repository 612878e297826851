"""The label that a segmenting network tells of each case: shown as the label of any classification is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from thirdeye.report.document import Paragraph, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import full_text, has_value
from thirdeye.report.sections.calibration import calibration_section
from thirdeye.report.sections.results import results_section
from thirdeye.report.sections.subgroups import subgroup_section
from thirdeye.report.sections.versus import versus_section
from thirdeye.report.sets import EvidenceSet

_HEADLINES = ("auc", "auc_macro", "accuracy")  # the first that was measured
TOGETHER = (
    "The same network that marks the structures tells this label from the whole image: one encoder for both. "
    "Calibration and thresholds come from validation data alone."
)


def label_sections(evidence: Evidence, part: EvidenceSet) -> Iterator[Section]:
    """Results and calibration of the label on one part; nothing where the study has none."""
    label = part.content.get("label")
    if not isinstance(label, Mapping):
        return
    own = _as_classification(evidence, part, label)
    inner = EvidenceSet(part.name, label, part.unit, part.cluster)
    first = results_section(own, inner)
    names = ", ".join(str(name) for name in label.get("classes") or ())
    lead = Paragraph(f"{TOGETHER} Classes: {names}.")
    yield replace(
        first, anchor=f"label-{first.anchor}", title=f"The label: {_lower(first.title)}",
        blocks=(lead, *first.blocks),
    )  # fmt: skip
    second = calibration_section(own, inner)
    if second is not None:
        yield replace(second, anchor=f"label-{second.anchor}", title=f"The label: {_lower(second.title)}")
    if part.name == "test" and label.get("comparisons"):
        third = versus_section(own)
        yield replace(third, anchor=f"label-{third.anchor}", title=f"The label: {_lower(third.title)}")
    groups = subgroup_section(inner)
    if groups is not None:
        yield replace(groups, anchor=f"label-{groups.anchor}", title=f"The label: {_lower(groups.title)}")


def label_sentence(part: EvidenceSet) -> str:
    """How well the label is told that stands beside the masks, in one sentence; "" where there is none."""
    label = part.content.get("label")
    if not isinstance(label, Mapping):
        return ""
    told = {str(one["name"]): one for one in label.get("metrics") or () if one.get("class") is None}
    name = next((one for one in _HEADLINES if has_value(told.get(one))), None)
    if name is None:
        return ""
    asked = " or ".join(str(one) for one in label.get("classes") or ())
    said = f"{measure(name).title} {full_text(told[name])}"
    return f"The same network tells the label of a case ({asked}): {said}."


def _as_classification(evidence: Evidence, part: EvidenceSet, label: Mapping[str, Any]) -> Evidence:
    """The study as if the label were all that it is about."""
    told = {name: label.get(name) for name in ("task", "classes", "positive")}
    values = evidence.plan.get("values") or {}
    own = {name: {"value": value} for name, value in told.items()}
    return replace(
        evidence, evaluation={**evidence.evaluation, **told, "sets": {part.name: label}},
        plan={**evidence.plan, "values": {**values, **own}}, predictions=None,
    )  # fmt: skip


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
