"""Two studies compared on the same test cases, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.clean import typeset
from thirdeye.report.document import Block, Cell, Column, Document, Figure, Notice, Section, Table, Verdict
from thirdeye.report.figures.forest import Panel, Point, forest_figure
from thirdeye.report.names import measure, operating_point_title
from thirdeye.report.numbers import interval_text, short_text, value_text

KIND = "Third Eye, a comparison of two readers"
CHOOSING = (
    "Whoever chooses between the two by this page has used the test part to choose: the figures of the one "
    "that is chosen are then too good, and new cases have to show what it is worth."
)
_LEVEL = {"better": "good", "worse": "warning", "not_better": "warning", "undetermined": "warning"}


@dataclass(frozen=True)
class Versus:
    """What two studies say of the same test cases.

    Args:
        task: what kind of decision they are about.
        comparison: an entry of "comparisons", with the ``unit`` that is decided.
        plans: field of the plan, its value in the first study, and in the second, where they differ.
        looks: how often either study's test part was looked at.
    """

    task: str
    comparison: dict[str, Any]
    plans: tuple[tuple[str, Any, Any], ...]
    looks: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """The content of ``comparison.json``."""
        return {
            "version": 1,
            "task": self.task,
            "comparison": self.comparison,
            "plans": [{"name": name, "first": one, "second": other} for name, one, other in self.plans],
            "test_looks": list(self.looks),
        }


def versus_page(versus: Versus) -> Document:
    """The verdict first, then every measure of both with their difference, then what the plans differ in."""
    comparison = versus.comparison
    sections = (
        Section("verdict", "Which one reads better", _verdict(comparison)),
        Section("measures", "Every measure", (_measures(comparison), Notice("note", "Choosing", CHOOSING))),
        Section("plans", "What was done differently", (_plans(versus),)),
    )
    title = f"{comparison['first']} against {comparison['second']}"
    grouped = comparison["n_clusters"] < comparison["n"]
    told = f"{comparison['n']} test cases that both read"
    told += f", of {comparison['n_clusters']} patients" if grouped else ""
    told += f"; on the kinds of the level '{comparison['level']}'" if comparison.get("level") else ""
    made = "Made by: thirdeye compare. Patients, not images, are what the intervals rest on."
    return Document(title[:1].upper() + title[1:], told, RESEARCH_USE, sections, made, KIND)


def versus_text(versus: Versus) -> str:
    """The same for a terminal: the verdict, and each measure of both."""
    comparison = versus.comparison
    lines = [typeset(comparison["verdict"]), ""]
    rows: list[tuple[str, ...]] = [("", comparison["first"], comparison["second"], "difference")]
    rows += [(_title(one), *(short_text(one[side]) for side in _SIDES)) for one in comparison["measures"]]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    lines += [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if versus.plans:
        lines += ["", "The plans differ in: " + ", ".join(name for name, _, _ in versus.plans)]
    return "\n".join([*lines, "", CHOOSING, RESEARCH_USE])


_SIDES = ("first", "second", "difference")


def _verdict(comparison: Mapping[str, Any]) -> tuple[Block, ...]:
    sentence, _, figures = typeset(comparison["verdict"]).partition(": ")
    said = Verdict(_LEVEL[comparison["outcome"]], sentence, figures)  # type: ignore[arg-type]
    main = comparison["measures"][0]
    if main["first"]["value"] is None or main["second"]["value"] is None:
        return (said,)
    title = measure(main["first"]["name"]).title
    points = tuple(
        Point(one["value"], one["ci_low"], one["ci_high"]) for one in (main["first"], main["second"])
    )
    groups = (comparison["first"], comparison["second"])
    caption = f"{title} of both on the same cases, with {100 * comparison['level']:g} % intervals."
    alt = f"{title}: " + "; ".join(
        f"{name} {short_text(main[side])}" for name, side in zip(groups, ("first", "second"), strict=True)
    )
    return said, Figure(forest_figure(groups, (Panel(title, points),)), caption, alt)


def _measures(comparison: Mapping[str, Any]) -> Table:
    names = (comparison["first"], comparison["second"])
    columns = (
        Column("measure", weight=2),
        *(Column(name, True) for name in names),
        Column("difference", True),
    )
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (_title(one), *(_cell(one[side]) for side in _SIDES)) for one in comparison["measures"]
    )
    level = f"{100 * comparison['level']:g} % intervals below the values; difference: first minus second."
    return Table(columns, rows, "Both on the same cases", (level,))


def _title(one: Mapping[str, Any]) -> str:
    found: Mapping[str, Any] = one["first"]
    parts = [measure(found["name"]).title]
    if found.get("operating_point"):
        parts.append(f"at {operating_point_title(found['operating_point'])}")
    if found.get("class"):
        parts.append(str(found["class"]))
    return ", ".join(parts)


def _cell(metric: Mapping[str, Any] | None) -> Cell:
    return Cell(value_text(metric), note=interval_text(metric))


def _plans(versus: Versus) -> Table:
    columns = (
        Column("value of the plan"),
        Column(versus.comparison["first"]),
        Column(versus.comparison["second"]),
    )
    rows = tuple((name, _value(one), _value(other)) for name, one, other in versus.plans)
    return Table(columns, rows, "What was done alike is left out")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value) or "none"
    return "none" if value in (None, "") else str(value)
