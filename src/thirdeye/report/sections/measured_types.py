"""Types that follow from the measurements: how often they are those of the expert's points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Cell, Column, Fold, Paragraph, Table
from thirdeye.report.located.phrases import listed
from thirdeye.report.names import method_title
from thirdeye.report.numbers import (
    MetricJson,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    value_text,
)
from thirdeye.report.sets import EvidenceSet

ACCURACY, BALANCED = "type_accuracy", "type_balanced_accuracy"


def type_blocks(part: EvidenceSet) -> list[Block]:
    """A sentence, success of each measurement, and what was taken for what; none without types."""
    content = part.content.get("types")
    if not isinstance(content, Mapping) or not content.get("measurements"):
        return []
    entries = [one for one in content["measurements"] if isinstance(one, Mapping)]
    overall = _named(content.get("metrics") or ())
    blocks: list[Block] = [
        Paragraph("Types that follow from them", "label"),
        Paragraph(_answer(overall, entries)),
    ]
    blocks.append(_table(entries, overall, part))
    tables = tuple(_confusion(one) for one in entries if one.get("counts"))
    return [*blocks, Fold("What was taken for what", tables)]


def _named(metrics: Sequence[MetricJson]) -> dict[str, MetricJson]:
    return {str(one.get("name")): one for one in metrics}


def _answer(overall: Mapping[str, MetricJson], entries: Sequence[Mapping[str, Any]]) -> str:
    success = overall.get(ACCURACY)
    if success is None or not has_value(success):
        return "No case has a type by the expert's points."
    said = f"Measured from the network's points, {value_text(success)} of the measurements fall into the type"
    said += " that the expert's points give"
    said += f" (95% interval {interval_text(success)})." if has_interval(success) else "."
    return f"{said} {_without_looking(entries)}".rstrip()


def _without_looking(entries: Sequence[Mapping[str, Any]]) -> str:
    """The measurements whose commonest type, named for everybody, is right as often as the network's."""
    names = [str(one.get("name")) for one in entries if _no_better(_named(one.get("metrics") or ()))]
    if not names:
        return ""
    return (
        "To name the commonest type for everybody, without looking, is right at least as often for "
        f"{listed(names, noun='measurements')}."
    )


def _no_better(metrics: Mapping[str, MetricJson]) -> bool:
    success = metrics.get(ACCURACY)
    commonest = ((success or {}).get("details") or {}).get("commonest")
    return (
        success is not None and has_value(success) and is_number(commonest) and commonest >= success["value"]
    )


def _table(
    entries: Sequence[Mapping[str, Any]], overall: Mapping[str, MetricJson], part: EvidenceSet
) -> Table:
    columns = (
        Column("Measurement", weight=1.0), Column("Types", weight=2.0),
        Column("Cases", numeric=True, weight=0.6), Column("As the expert's", numeric=True),
        Column("Mean over the types", numeric=True),
        Column("Commonest type for all", numeric=True, weight=0.9),
    )  # fmt: skip
    rows = [_row(one) for one in entries]
    if len(entries) > 1:
        rows.append(("Mean of all", "", "", _cell(overall.get(ACCURACY)), _cell(overall.get(BALANCED)), ""))
    return Table(
        columns, tuple(rows), "Types from the network's points and from the expert's", _notes(entries, part)
    )


def _row(entry: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    metrics = _named(entry.get("metrics") or ())
    commonest = ((metrics.get(ACCURACY) or {}).get("details") or {}).get("commonest")
    lost = sum((entry.get("n_excluded") or {}).values())
    return (
        shorten(str(entry.get("name")), 40),
        ", ".join(shorten(str(one), 30) for one in entry.get("types") or ()),
        Cell(f"{entry.get('n', 0):,}", note=f"{lost:,} left out" if lost else ""),
        _cell(metrics.get(ACCURACY)),
        _cell(metrics.get(BALANCED)),
        number(commonest, percent=True) if is_number(commonest) else "none",
    )


def _cell(metric: MetricJson | None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell("undefined", "muted", str((metric or {}).get("reason") or ""))
    return Cell(value_text(metric), note=interval_text(metric) if has_interval(metric) else "no interval")


def _notes(entries: Sequence[Mapping[str, Any]], part: EvidenceSet) -> tuple[str, ...]:
    metrics = [one for entry in entries for one in entry.get("metrics") or ()]
    methods = sorted({method_title(str(m["ci_method"]), part.cluster) for m in metrics if m.get("ci_method")})
    said = [
        "A case near a limit changes its type with a small shift of the points, of the network's as of the "
        "expert's. “Commonest type for all” is what one would reach without looking at the image.",
        "A measurement that the network's points do not give counts as wrong.",
    ]
    return (*said, f"95% intervals: {'; '.join(methods)}.") if methods else tuple(said)


def _counts(row: Sequence[int], here: int) -> tuple[str | Cell, ...]:
    """A row of counts, what is right set off."""
    return tuple(
        Cell(f"{count:,}", "strong" if there == here else "plain") for there, count in enumerate(row)
    )


def _confusion(entry: Mapping[str, Any]) -> Table:
    """Rows: type by the expert's points."""
    names = [shorten(str(one), 30) for one in entry["types"]]
    without = int(entry.get("n_without") or 0)
    columns = (
        Column("By the expert's points"),
        *(Column(n, numeric=True) for n in names),
    )
    rows = tuple(
        (name, *_counts(row, here))
        for here, (name, row) in enumerate(zip(names, entry["counts"], strict=True))
    )
    notes = (f"{without:,} could not be measured from the network's points.",) if without else ()
    return Table(columns, rows, f"{entry['name']}: rows the expert's points, columns the network's", notes)
