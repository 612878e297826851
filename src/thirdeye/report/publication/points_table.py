"""Table S1: each operating point with its counts, so that a reader can compute every measure again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import THRESHOLD_ORIGINS, operating_point_title
from thirdeye.report.numbers import is_number
from thirdeye.report.publication.performance import cell, part_title, undefined_notes
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets

_SHOWN = ("sensitivity", "specificity", "ppv", "npv")


def operating_point_table(evidence: Evidence) -> JournalTable | None:
    """Threshold, true and false positives and negatives, and the four rates; binary tasks only."""
    if evidence.task != "binary":
        return None
    found = [
        (part, point)
        for part in evidence_sets(evidence)
        for point in part.points
        if _counts(point, evidence.positive) is not None
    ]
    if not found:
        return None
    titles = ("Part and operating point", "Threshold", "TP", "FP", "FN", "TN")
    rates = ("Sensitivity", "Specificity", "Positive predictive value", "Negative predictive value")
    metrics = [
        m for part, point in found for m in part.of_point(str(point.get("name"))) if m["name"] in _SHOWN
    ]
    return JournalTable(
        "tableS1_operating_points",
        "S1",
        "Operating points with their counts",
        columns(*titles, *rates),
        tuple(_line(part, point, evidence.positive) for part, point in found),
        notes(
            [
                f"Positive: “{evidence.positive}”. TP, FP, FN, TN: true positives, false positives, false "
                "negatives, true negatives. Positive at the threshold or above.",
                *_origins([point for _, point in found]),
                *undefined_notes(metrics),
            ]
        ),
    )


def _counts(point: Mapping[str, Any], positive: str | None) -> tuple[int, int, int, int] | None:
    """True positives, false positives, false negatives, true negatives."""
    matrix = point.get("confusion_matrix")
    names = list(matrix.get("classes") or ()) if isinstance(matrix, Mapping) else []
    counts = matrix.get("counts") if isinstance(matrix, Mapping) else None
    if len(names) != 2 or positive not in names or not counts:
        return None
    yes = names.index(positive)
    no = 1 - yes
    return tuple(int(counts[i][j]) for i, j in ((yes, yes), (no, yes), (yes, no), (no, no)))  # type: ignore[return-value]


def _line(part: EvidenceSet, point: Mapping[str, Any], positive: str | None) -> JournalRow:
    name, threshold = str(point.get("name")), point.get("threshold")
    shown = f"{threshold:.4g}" if is_number(threshold) else "not recorded"
    counts = [f"{n:,}" for n in _counts(point, positive) or ()]
    rates = [cell(part.metric(rate, point=name)) for rate in _SHOWN]
    return row(f"{part_title(part)}, {operating_point_title(name).lower()}", shown, *counts, *rates)


def _origins(points: Sequence[Mapping[str, Any]]) -> list[str]:
    said: dict[str, str] = {}
    for point in points:
        origin = str(point.get("origin") or "")
        said[operating_point_title(str(point.get("name")))] = THRESHOLD_ORIGINS.get(
            origin, origin.replace("_", " ")
        )
    return [f"{title}: {origin}." for title, origin in said.items() if origin]
