"""Table S2: each class against the rest, where a task has more than two."""

from __future__ import annotations

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import MetricJson
from thirdeye.report.publication.performance import cell, part_title, undefined_notes
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, group, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets

_SHOWN = ("auc", "sensitivity", "specificity", "ppv", "npv")


def class_table(evidence: Evidence) -> JournalTable | None:
    """Cases and five measures of every class, part by part; None for a binary task."""
    parts = [part for part in evidence_sets(evidence) if part.name != "validation"]
    if evidence.task == "binary" or not parts or not evidence.classes:
        return None
    width = 2 + len(_SHOWN)
    lines: list[JournalRow] = []
    for part in parts:
        if len(parts) > 1:
            lines.append(group(part_title(part), width))
        lines += [_line(part, name, indent=len(parts) > 1) for name in evidence.classes]
    metrics = [m for part in parts for m in part.metrics if m.get("class") and m.get("name") in _SHOWN]
    return JournalTable(
        "tableS2_classes",
        "S2",
        "Performance on each class against the rest (value with 95% interval)",
        columns("Class", "Cases", *(measure(name).title for name in _SHOWN)),
        tuple(lines),
        notes(["Each class stands against all the others.", *undefined_notes(metrics)]),
    )


def _line(part: EvidenceSet, name: str, *, indent: bool) -> JournalRow:
    n = (part.content.get("n_by_class") or {}).get(name)
    cells = (cell(_of_class(part, measured, name)) for measured in _SHOWN)
    return row(name, f"{n:,}" if isinstance(n, int) else "not recorded", *cells, indent=indent)


def _of_class(part: EvidenceSet, measured: str, name: str) -> MetricJson | None:
    return part.metric(measured, class_name=name) or part.metric(
        measured, class_name=name, point="probability_0.5"
    )
