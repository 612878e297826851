"""Table 4 and Table S3: performance by subgroup, and the gaps between subgroups with their tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure, operating_point_title
from thirdeye.report.numbers import count, is_number, p_text
from thirdeye.report.publication.performance import cell, part_title, undefined_notes
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, group, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets, level_metric

Json = Mapping[str, Any]
_BINARY = ("prevalence", "auc", "sensitivity", "specificity", "ppv", "npv", "observed_over_expected")
_SEVERAL = ("auc_macro", "balanced_accuracy", "accuracy")


def subgroup_table(evidence: Evidence) -> JournalTable | None:
    """A row for each group, a column for each measure (rates at the first operating point).

    None where no subgroup was measured.
    """
    names = _BINARY if evidence.task == "binary" else _SEVERAL
    found = list(_attributes(evidence))
    if not found:
        return None
    lines: list[JournalRow] = []
    for part, attribute in found:
        lines.append(group(_heading(part, attribute), 2 + len(names)))
        lines += [_line(part, level, names) for level in attribute["levels"]]
    metrics = [
        metric
        for part, attribute in found
        for level in attribute["levels"]
        for name in names
        if (metric := level_metric(level, name, _point(part))) is not None
    ]
    return JournalTable(
        "table4_subgroups",
        "4",
        "Performance by subgroup (value with 95% interval)",
        columns("Subgroup", "Cases", *(measure(name).title for name in names)),
        tuple(lines),
        notes([*_point_notes(found), *_verdicts(found), *undefined_notes(metrics)]),
    )


def gap_table(evidence: Evidence) -> JournalTable | None:
    """Every tested gap between a group and all others, with the p value adjusted for all of them."""
    lines: list[JournalRow] = []
    for part, attribute in _attributes(evidence):
        tested = [gap for gap in attribute.get("gaps") or () if _shown(gap, _point(part))]
        if tested:
            lines.append(group(_heading(part, attribute), 6))
            lines += [_gap_line(gap) for gap in tested]
    if not lines:
        return None
    titles = ("Group", "Measure", "Group", "All others", "Difference (95% interval)", "Adjusted p")
    return JournalTable(
        "tableS3_subgroup_gaps",
        "S3",
        "Gaps between each subgroup and all others",
        columns(*titles),
        tuple(lines),
        notes(
            [
                "p values are adjusted over all tests of all attributes by Holm's method; predictive values, "
                "selection rate and accuracy are a family of their own, because they follow the prevalence.",
                "Groups with fewer than ten cases of a kind were not tested.",
            ]
        ),
    )


def _attributes(evidence: Evidence) -> Iterable[tuple[EvidenceSet, Json]]:
    for part in evidence_sets(evidence):
        if part.name != "validation":
            for attribute in part.content.get("subgroups") or ():
                if isinstance(attribute, Mapping) and attribute.get("levels"):
                    yield part, attribute


def _heading(part: EvidenceSet, attribute: Json) -> str:
    return f"{part_title(part)}, by {str(attribute.get('column')).replace('_', ' ')}"


def _point(part: EvidenceSet) -> str | None:
    return str(part.points[0].get("name")) if part.points else None


def _line(part: EvidenceSet, level: Json, names: tuple[str, ...]) -> JournalRow:
    n, patients = level.get("n"), level.get("n_patients")
    shown = f"{n:,}" if isinstance(n, int) else "not recorded"
    if isinstance(patients, int) and patients != n:
        shown += f" ({count(patients, part.cluster)})"
    cells = (cell(level_metric(level, name, _point(part))) for name in names)
    return row(str(level.get("value")), shown, *cells, indent=True)


def _point_notes(found: Iterable[tuple[EvidenceSet, Json]]) -> list[str]:
    points = dict.fromkeys(point for part, _ in found if (point := _point(part)))
    return [f"Rates at the {operating_point_title(point).lower()}." for point in points]


def _verdicts(found: Iterable[tuple[EvidenceSet, Json]]) -> list[str]:
    return [
        f"{part_title(part)}, {attribute['verdict']}" for part, attribute in found if attribute.get("verdict")
    ]


def _shown(gap: Json, point: str | None) -> bool:
    return is_number(gap.get("p_value")) and gap.get("operating_point") in (None, point)


def _gap_line(gap: Json) -> JournalRow:
    title = measure(str(gap.get("name"))).title + (f", {gap['class']}" if gap.get("class") else "")
    p = p_text(gap.get("p_adjusted")).removeprefix("p = ").removeprefix("p ")
    sides = (_side(gap, "first"), _side(gap, "second"))
    return row(str(gap.get("level")), title, *sides, cell(gap.get("difference")), p or "none", indent=True)


def _side(gap: Json, side: str) -> str:
    found = gap.get(side)
    if isinstance(found, Mapping):
        return cell(found)
    metric = {"name": gap.get("name"), "value": found, "status": "ok" if is_number(found) else "undefined"}
    return cell(metric)
