"""What a reader of masks, boxes or points is made of, from ``model.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.located.plan_words import TIDYING
from thirdeye.report.numbers import is_number


def located_facts(evidence: Evidence) -> list[tuple[str, str]]:
    """Pairs of a term and what it is; empty for a reader that names classes, or of other fields."""
    model = evidence.model
    windows, preparation = model.get("windows"), model.get("preparation")
    if not isinstance(windows, Mapping) or not isinstance(preparation, Mapping):
        return []
    facts = [("Input", input_text(evidence)), ("How it reads", _reading(model, windows))]
    tidied = {number: rule for number, rule in (model.get("tidying") or {}).items() if rule != "none"}
    names = dict(enumerate(evidence.classes, start=1))
    said = "; ".join(
        f"{names.get(int(number), number)}: {TIDYING.get(str(rule), str(rule))}"
        for number, rule in tidied.items()
    )
    return [*facts, ("Tidied afterwards", said or "nothing: no step was better on validation data")]


def input_text(evidence: Evidence) -> str:
    """What goes into the network: channels, dimensions, spacing or longest side."""
    found = evidence.model.get("preparation") or {}
    axes, channels = found.get("axes"), found.get("channels")
    if not is_number(axes):
        return ""
    what = "volumes" if axes == 3 else "pictures"
    if is_number(channels) and channels != 1:
        what += f" of {channels} channels"
    if found.get("spacing_mm"):
        return f"{what}, resampled to {_times(found['spacing_mm'])} mm"
    if found.get("longest_px"):
        return f"{what}, shrunk to {found['longest_px']} pixels along the longer side"
    return f"{what} at the resolution that they are stored in"


def _reading(model: Mapping[str, Any], windows: Mapping[str, Any]) -> str:
    text = f"windows of {_times(windows.get('size') or [])}"
    if is_number(windows.get("overlap")):
        text += f" that overlap by {100 * float(windows['overlap']):.0f}%"
    mirrored = model.get("mirrored") or []
    return text + (f", also mirrored ({2 ** len(mirrored)} views averaged)" if mirrored else "")


def _times(sides: Any) -> str:
    return " × ".join(f"{side:g}" for side in sides)
