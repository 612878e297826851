"""Table 3: the network against the traditional technique and whatever else it was compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.comparison import main_comparisons
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure, method_title, operating_point_title
from thirdeye.report.numbers import count, is_number, number, p_text
from thirdeye.report.publication.performance import cell, part_title
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, group, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets


def comparison_table(evidence: Evidence) -> JournalTable | None:
    """Every main paired comparison outside the validation cases; None where there is none."""
    lines: list[JournalRow] = []
    said: list[str] = []
    sides: set[tuple[str, str]] = set()
    for part in evidence_sets(evidence):
        if part.name == "validation":
            continue
        for comparison in main_comparisons(part):
            measures = comparison.get("measures") or []
            if measures:
                lines.append(group(_heading(part, comparison), 6))
                sides.add(_names(comparison))
                lines += [_line(one, part.cluster) for one in measures]
                said += _notes(comparison)
    if not lines:
        return None
    first, second = sides.pop() if len(sides) == 1 else ("first", "second")
    heads = (first[:1].upper() + first[1:], second[:1].upper() + second[1:])
    titles = ("Measure", *heads, "Difference (95% interval)", "p", "Paired test")
    return JournalTable(
        "table3_comparison",
        "3",
        "The network compared with other techniques on the same cases",
        columns(*titles, last_left=True),
        tuple(lines),
        notes(said),
    )


def _heading(part: EvidenceSet, comparison: Mapping[str, Any]) -> str:
    n, clusters = comparison.get("n"), comparison.get("n_clusters")
    of = f" of {count(clusters, part.cluster)}" if isinstance(clusters, int) and clusters != n else ""
    counted = f", {n:,} cases{of}" if is_number(n) else ""
    first, second = _names(comparison)
    return f"{part_title(part)}: {first} (first) and {second} (second){counted}"


def _names(comparison: Mapping[str, Any]) -> tuple[str, str]:
    return str(comparison.get("first", "first")), str(comparison.get("second", "second"))


def _line(one: Mapping[str, Any], cluster: str) -> JournalRow:
    point, class_name = one.get("operating_point"), one.get("class")
    title = measure(str(one.get("name"))).title
    title += f", {operating_point_title(str(point)).lower()}" if point else ""
    title += f", {class_name}" if class_name else ""
    sides = [_side(one, side) for side in ("first", "second")]
    p = p_text(one.get("p_value")).removeprefix("p = ").removeprefix("p ")
    return row(
        title, *sides, cell(one.get("difference")), p or "none", method_title(one.get("test"), cluster),
        indent=True,
    )  # fmt: skip


def _side(one: Mapping[str, Any], side: str) -> str:
    found = one.get(side)
    if isinstance(found, Mapping):
        return cell(found)
    return number(found, percent=measure(str(one.get("name"))).percent) if is_number(found) else "undefined"


def _notes(comparison: Mapping[str, Any]) -> list[str]:
    primary = measure(str(comparison.get("primary", ""))).title
    return [
        f"Main measure, named beforehand: {primary}; p values of the others are not corrected for multiple "
        "testing.",
        "Differences are first minus second, case by case. For the Brier score and the mean grade error, "
        "less is better.",
        str(comparison.get("verdict") or ""),
    ]
