"""Table 4: performance by subgroup, where the evaluation holds any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure, operating_point_title
from thirdeye.report.numbers import MetricJson, n_text
from thirdeye.report.publication.performance import cell, part_title, undefined_notes
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, group, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets


def subgroup_table(evidence: Evidence) -> JournalTable | None:
    """One row per subgroup, one column per measure; None where no subgroup was measured."""
    found = [(part, one) for part in _parts(evidence) for one in part.content.get("subgroups") or ()]
    keys = list(dict.fromkeys(key for _, one in found for key in map(_key, one.get("metrics") or ())))
    if not keys:
        return None
    lines: list[JournalRow] = []
    heading = ""
    for part, one in found:
        title = f"{part_title(part)}, {variable_of(one)}"
        if title != heading:
            heading = title
            lines.append(group(title, 2 + len(keys)))
        lines.append(_line(part, one, keys))
    metrics = [metric for _, one in found for metric in one.get("metrics") or ()]
    return JournalTable(
        "table4_subgroups",
        "4",
        "Performance by subgroup (value with 95% interval)",
        columns("Subgroup", "Cases", *map(_key_title, keys)),
        tuple(lines),
        notes(
            [
                "Subgroups were compared after the fact unless the protocol names them.",
                *undefined_notes(metrics),
            ]
        ),
    )


def variable_of(one: Mapping[str, Any]) -> str:
    """What a subgroup is a level of."""
    return str(one.get("by") or one.get("column") or one.get("variable") or "").replace("_", " ")


def level_of(one: Mapping[str, Any]) -> str:
    """The level itself."""
    return str(one.get("value") or one.get("level") or one.get("name") or one.get("group") or "")


def _parts(evidence: Evidence) -> list[EvidenceSet]:
    return [part for part in evidence_sets(evidence) if part.name != "validation"]


def _key(metric: MetricJson) -> tuple[str, str, str]:
    return str(metric.get("name")), str(metric.get("operating_point") or ""), str(metric.get("class") or "")


def _key_title(key: tuple[str, str, str]) -> str:
    name, point, class_name = key
    where = [operating_point_title(point).lower()] if point else []
    return ", ".join([measure(name).title, *where, *([class_name] if class_name else [])])


def _line(part: EvidenceSet, one: Mapping[str, Any], keys: list[tuple[str, str, str]]) -> JournalRow:
    by_key = {_key(metric): metric for metric in one.get("metrics") or ()}
    first: MetricJson = next(iter(by_key.values()), {})
    n = one.get("n")
    counted = f"{n:,}" if isinstance(n, int) else n_text(first, part.cluster)
    return row(level_of(one), counted, *(cell(by_key.get(key)) for key in keys), indent=True)
