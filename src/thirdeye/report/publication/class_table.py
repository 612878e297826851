"""Table S2: each class against the rest, where a task has more than two."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.evidence import Evidence
from thirdeye.report.located.tasks import located_words
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.names import title_in
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
    located = located_words(evidence.task)
    shown = _SHOWN if located is None else tuple(_located(parts, located))
    width = 2 + len(shown)
    lines: list[JournalRow] = []
    for part in parts:
        if len(parts) > 1:
            lines.append(group(part_title(part), width))
        lines += [_line(part, name, shown, indent=len(parts) > 1) for name in evidence.classes]
    metrics = [m for part in parts for m in part.metrics if m.get("class") and m.get("name") in shown]
    head, title, said = "Class", "class against the rest", ["Each class stands against all the others."]
    if located is not None:
        head, title, said = located.noun.capitalize(), located.noun, ["Cases: those that show it."]
    return JournalTable(
        "tableS2_classes",
        "S2",
        f"Performance on each {title} (value with 95% interval)",
        columns(head, "Cases", *(title_in(n, parts[0].content.get("length_unit")) for n in shown)),
        tuple(lines),
        notes([*said, *undefined_notes(metrics)]),
    )


def _located(parts: Sequence[EvidenceSet], words: LocatedWords) -> list[str]:
    """Measures of each class of a task that marks: the headlines first, five at most."""
    plain = [m for part in parts for m in part.metrics if m.get("class") and not m.get("operating_point")]
    names = dict.fromkeys(str(metric.get("name")) for metric in plain)
    return sorted(names, key=words.rank)[:5]


def _line(part: EvidenceSet, name: str, shown: Sequence[str], *, indent: bool) -> JournalRow:
    n = (part.content.get("n_by_class") or {}).get(name)
    cells = (cell(_of_class(part, measured, name)) for measured in shown)
    return row(name, f"{n:,}" if isinstance(n, int) else "not recorded", *cells, indent=indent)


def _of_class(part: EvidenceSet, measured: str, name: str) -> MetricJson | None:
    return part.metric(measured, class_name=name) or part.metric(
        measured, class_name=name, point="probability_0.5"
    )
