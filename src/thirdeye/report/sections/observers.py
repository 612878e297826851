"""Beside a second human observer: within what two people differ by?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from thirdeye.report.clean import typeset
from thirdeye.report.document import Block, Cell, Column, Notice, Paragraph, Table
from thirdeye.report.numbers import interval_text, is_number, number, value_text

_LEVELS: dict[str, Literal["note", "warning", "stop"]] = {
    "closer": "note", "not_told_apart": "note", "farther": "warning", "undetermined": "warning",
}  # fmt: skip
_NOTES = (
    "All against the first observer, who is the reference. An interval that holds 0 does not show that "
    "network and observer are alike: its ends say how far apart they may be.",
    "The network learnt from the first observer's marks, so it may have learnt that person's habits; the "
    "last column takes the second observer for the reference instead.",
)


def observer_blocks(readers: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The verdict for each structure, then the figures; none without a second observer."""
    found = [(str(reader["name"]), one) for reader in readers for one in reader.get("differences") or ()]
    if not found:
        return []
    notices = [_notice(name, one) for name, one in found if one.get("verdict")]
    columns = (
        Column("Observer"), Column("Structure"), Column("Cases", numeric=True, weight=0.6),
        Column("Dice of the observer", numeric=True), Column("Dice of the network", numeric=True),
        Column("Network minus observer", numeric=True, weight=1.2),
        Column("The same against the second observer", numeric=True, weight=1.2),
    )  # fmt: skip
    rows = tuple(_row(name, one) for name, one in found)
    return [
        Paragraph("Within what two people differ by?", "label"),
        *notices,
        Table(columns, rows, "Beside a second observer", _NOTES),
    ]


def _notice(name: str, one: Mapping[str, Any]) -> Notice:
    said, _, figures = typeset(str(one["verdict"])).rpartition(" (")
    level = _LEVELS.get(str(one.get("outcome")), "warning")
    return Notice(
        level, said[:1].upper() + said[1:], f"{name}: {figures.removesuffix('.').removesuffix(')')}."
    )


def _row(name: str, one: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    difference, crossed = one["difference"], one.get("crossed_difference")
    last = (
        Cell(value_text(crossed), note=interval_text(crossed)) if crossed else Cell("not measured", "muted")
    )
    sides = [
        number(one[key]) if is_number(one.get(key)) else "none" for key in ("observer_dice", "network_dice")
    ]
    return (
        name, str(one["structure"]), str(one["n"]), *sides,
        Cell(value_text(difference), note=interval_text(difference)), last,
    )  # fmt: skip
