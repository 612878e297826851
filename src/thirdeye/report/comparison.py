"""The verdict of a paired comparison as a remark of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from thirdeye.report.clean import typeset
from thirdeye.report.document import Cell, Notice
from thirdeye.report.numbers import has_value, interval_text, p_text, value_text
from thirdeye.report.sets import EvidenceSet

Outcome = Literal["better", "not_better", "worse", "undetermined"]
_LEVELS: dict[str, Literal["note", "warning", "stop"]] = {
    "better": "note",
    "not_better": "warning",
    "worse": "stop",
    "undetermined": "warning",
}
_ADVICE = {
    "not_better": "The simpler technique may do as well.",
    "worse": "The simpler technique is the better reader here.",
}


_ADJUSTED = "Adjusted for the number of further questions (Holm): {p}."
_LOST = "No difference from the {second} is shown once several questions are counted"
SUPPLEMENTARY = ("combined", "learner", "simple", "clinical")


def is_supplementary(comparison: Mapping[str, Any]) -> bool:
    """Whether it is a further question beside the one that was fixed beforehand."""
    return comparison.get("kind") in SUPPLEMENTARY


def main_comparisons(part: EvidenceSet) -> list[Mapping[str, Any]]:
    """The comparisons without the supplementary ones."""
    return [comparison for comparison in part.comparisons if not is_supplementary(comparison)]


def is_traditional(comparison: Mapping[str, Any]) -> bool:
    """Whether the other side is the traditional technique."""
    return "traditional" in str(comparison.get("second") or comparison.get("name") or "").lower()


def traditional_comparison(part: EvidenceSet) -> Mapping[str, Any] | None:
    """The comparison with the traditional technique; None where there is none."""
    return next((comparison for comparison in main_comparisons(part) if is_traditional(comparison)), None)


def outcome(comparison: Mapping[str, Any]) -> str:
    """ "better", "not_better", "worse" or "undetermined" (also for one that was not recorded)."""
    found = str(comparison.get("outcome"))
    return found if found in _LEVELS else "undetermined"


def comparison_notice(comparison: Mapping[str, Any]) -> Notice:
    """Headline, figures, and what follows when the network does not win.

    One of several questions counts with its adjusted p value: what is lost by that is not claimed.
    """
    result = outcome(comparison)
    said = str(comparison.get("verdict") or "No verdict was recorded on the comparison.")
    title, _, figures = typeset(said).partition(": ")
    figures = figures[:1].upper() + figures[1:]
    adjusted = comparison.get("p_adjusted")
    if adjusted is None:
        return Notice(_LEVELS[result], title, " ".join(filter(None, (figures, _ADVICE.get(result)))))
    figures = f"{figures} {_ADJUSTED.format(p=p_text(adjusted))}"
    if result in ("better", "worse") and adjusted > 1 - float(comparison.get("level") or 0.95):
        return Notice("warning", _LOST.format(second=comparison.get("second", "other")), figures)
    return Notice(_LEVELS[result], title, " ".join(filter(None, (figures, _ADVICE.get(result)))))


def primary_of(comparison: Mapping[str, Any]) -> Mapping[str, Any]:
    """The measure on which the verdict rests: "first", "second" and "difference"; {} where there is none."""
    measures: Sequence[Mapping[str, Any]] = comparison.get("measures") or ({},)
    return measures[0]


def value_cell(metric: Any) -> Cell:
    """A value with its interval below; "undefined" where there is none."""
    if not isinstance(metric, Mapping) or not has_value(metric):
        return Cell("undefined", "muted")
    return Cell(value_text(metric), note=interval_text(metric))
