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


def is_lost(comparison: Mapping[str, Any]) -> bool:
    """Whether a difference is no longer shown once the p value is adjusted for several questions."""
    p, level = comparison.get("p_adjusted"), float(comparison.get("level") or 0.95)
    return p is not None and outcome(comparison) in ("better", "worse") and p > 1 - level


def told(comparison: Mapping[str, Any]) -> tuple[str, str]:
    """Headline and figures of a verdict; of one of several questions by its adjusted p value, which is told.

    What is lost by adjusting is not claimed.
    """
    said = str(comparison.get("verdict") or "No verdict was recorded on the comparison.")
    title, _, figures = typeset(said).partition(": ")
    figures, adjusted = figures[:1].upper() + figures[1:], comparison.get("p_adjusted")
    if is_lost(comparison):
        title = _LOST.format(second=comparison.get("second", "other"))
    if adjusted is not None:
        figures = " ".join(filter(None, (figures, _ADJUSTED.format(p=p_text(adjusted)))))
    return title, figures


def told_line(comparison: Mapping[str, Any]) -> str:
    """The verdict in one line, as `told` has it; as it was recorded where nothing was adjusted."""
    if comparison.get("p_adjusted") is None:
        return typeset(str(comparison.get("verdict") or ""))
    return ": ".join(filter(None, told(comparison)))


def comparison_notice(comparison: Mapping[str, Any]) -> Notice:
    """Headline, figures, and what follows when the network does not win; see `told`."""
    title, figures = told(comparison)
    if is_lost(comparison):
        return Notice("warning", title, figures)
    result = outcome(comparison)
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
