"""Sentences on boxes that were found, missed or invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.names import operating_point_title as point_title
from thirdeye.report.numbers import (
    MetricJson,
    count,
    has_interval,
    has_value,
    inline_text,
    interval_text,
    is_number,
    level_text,
    number,
    per_hundred_text,
    value_text,
)
from thirdeye.report.sets import EvidenceSet

MAIN_POINT = "fp_per_image_1"
_MISTAKES = {
    "background": "where nothing was drawn",
    "wrong_place": "on a lesion, but not well enough placed",
    "other_class": "on a lesion of another kind",
}


def main_point(part: EvidenceSet) -> str | None:
    """The operating point that sentences are about: at one false alarm per image, else the first."""
    names = [str(point.get("name")) for point in part.points]
    return MAIN_POINT if MAIN_POINT in names else (names[0] if names else None)


def found_sentence(part: EvidenceSet) -> str:
    """ "Of 100 lesions the network finds 87 (...), with the threshold set for one false alarm per image." """
    point = main_point(part)
    if point is None:
        return _without_point(part)
    found = part.metric("lesion_sensitivity", point=point)
    if found is None or not has_value(found):
        return f"How many of 100 lesions the network finds is {value_text(found)}."
    return (
        f"Of 100 lesions the network finds {per_hundred_text(found)}, with the threshold set for "
        f"{point_title(point).lower()}."
    )


def false_sentence(part: EvidenceSet) -> str:
    """What the threshold gives on these images, as it was fixed on others; empty without a threshold."""
    point = main_point(part)
    false = None if point is None else part.metric("false_positives_per_image", point=point)
    if false is None or not has_value(false):
        return ""
    right = part.metric("lesion_ppv", point=point)
    said = "The threshold was fixed on validation images; on these it makes "
    said += f"{_rate_text(false)} false alarms an image"
    if right is not None and has_value(right):
        share = number(right["value"], percent=True, digits=0)
        said += f", and {share} of its marks are right ({_only_interval(right)})"
    return said + "."


def cases_sentence(part: EvidenceSet) -> str:
    """Patients with a lesion against those without, or why that cannot be told."""
    unit = "patient" if part.metric("patient_auc") is not None else "image"
    ranked = part.metric(f"{unit}_auc")
    if ranked is None:
        return ""
    if not has_value(ranked):
        why = ranked["reason"]
        return f"Whether {unit}s with a lesion can be told from those without is undefined here: {why}."
    return (
        f"By its highest mark, one {unit} with a lesion and one without are ranked rightly "
        f"{number(ranked['value'], percent=True, digits=0)} of the time (AUC {inline_text(ranked)}; "
        f"{ranked['n_pos']:,} with, {ranked['n_neg']:,} without)."
    )


def mistakes_sentence(entry: Mapping[str, Any] | None) -> str:
    """What kind of mistake the false alarms are; empty where none is recorded."""
    if not entry:
        return ""
    kinds = {name: int(entry.get(name) or 0) for name in _MISTAKES}
    total = sum(kinds.values())
    if not total:
        return "At this threshold the network raised no false alarm."
    parts = [f"{n:,} {'lies' if n == 1 else 'lie'} {_MISTAKES[name]}" for name, n in kinds.items() if n]
    return f"Of {count(total, 'false alarm')} at this threshold, {_joined(parts)}."


def size_text(low: Any, high: Any) -> str:
    """ "12 to 31 px" """
    if not (is_number(low) and is_number(high)):
        return "not recorded"
    return f"{low:.0f} px" if round(low) == round(high) else f"{low:.0f} to {high:.0f} px"


def _without_point(part: EvidenceSet) -> str:
    found = part.metric("sensitivity_at_1_fp")
    if found is None or not has_value(found):
        return f"How many lesions are found at one false alarm per image is {value_text(found)}."
    return (
        f"Of 100 lesions the network finds {per_hundred_text(found)} where it makes one false alarm per "
        "image; no threshold was fixed beforehand."
    )


def _rate_text(metric: MetricJson) -> str:
    known = [metric[key] for key in ("value", "ci_low", "ci_high") if metric[key] is not None]
    value, *ends = (number(one, digits=2) for one in known)
    if not has_interval(metric):
        return value
    return f"{value} ({level_text(metric)} interval {ends[0]} to {ends[1]})"


def _only_interval(metric: MetricJson) -> str:
    if not has_interval(metric):
        return "no interval"
    return f"{level_text(metric)} interval {interval_text(metric)}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
