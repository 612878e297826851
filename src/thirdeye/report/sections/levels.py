"""The levels of a taxonomy: how well kinds are told when their classes are summed up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Facts, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure, operating_point_title
from thirdeye.report.numbers import interval_text, value_text
from thirdeye.report.sets import UNITS, test_set

_OF_TWO = ("auc", "sensitivity", "specificity")
_OF_MANY = ("auc_macro", "accuracy", "balanced_accuracy")
_LEAD = (
    "The reader learns the finest classes and answers at any level above them: the probability of a kind is "
    "that of its classes together. Thresholds were fixed on held-out cases of the development part."
)


def levels_section(evidence: Evidence) -> Section | None:
    """None where there is no taxonomy."""
    part = test_set(evidence)
    if part is None or not part.content.get("levels"):
        return None
    by_case = part.content.get("by_case") or {}
    blocks: list[Block] = [Paragraph(_LEAD)]
    for level in [*part.content["levels"], *by_case.get("levels", ())]:
        blocks += _level(level)
    return Section("levels", "Kinds of disease: levels of the taxonomy", tuple(blocks))


def _level(level: Mapping[str, Any]) -> Iterator[Block]:
    unit = str(level["unit"])
    yield Paragraph(f"{str(level['name']).capitalize()}, per {unit}", "label")
    if unit == "image":
        yield Facts(tuple((name, ", ".join(held)) for name, held in level["groups"].items()))
    columns = (
        Column("Measure", weight=2.0), Column("Value", numeric=True),
        Column("95% interval", numeric=True, weight=1.5),
    )  # fmt: skip
    rows = tuple(
        (Cell(_title(one)), value_text(one), interval_text(one))
        for one in level["metrics"]
        if one["name"] in (_OF_TWO if level.get("positive") else _OF_MANY) and not one.get("class")
    )
    about = f"{level['positive']} against the rest" if level.get("positive") else "all kinds"
    counted = f"{level['n']:,} {UNITS.get(unit, unit + 's')}"
    yield Table(columns, rows, f"{str(level['name']).capitalize()}: {about}, {counted} of the test part")


def _title(metric: Mapping[str, Any]) -> str:
    point = metric.get("operating_point")
    return measure(str(metric["name"])).title + (
        f", {operating_point_title(str(point)).lower()}" if point else ""
    )
