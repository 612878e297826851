"""What a system of another shape tells beside its answers: tables and pictures of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Gallery, Paragraph, Picture, Section, Table
from thirdeye.report.evidence import Evidence


def system_section(evidence: Evidence) -> Section | None:
    """None where the reader is no such system, or tells nothing more."""
    told: Mapping[str, Any] = evidence.evaluation.get("system") or {}
    leads = [Paragraph(str(text)) for text in told.get("lead") or ()]
    tables = [_table(one) for one in told.get("tables") or ()]
    blocks: list[Block] = [*leads, *tables]
    pictures = [_picture(evidence, one) for one in told.get("pictures") or ()]
    shown = tuple(one for one in pictures if one.image is not None)
    if shown:
        blocks.append(Gallery("What it looks at", "", shown, alone=True))
    if not blocks:
        return None
    return Section("system", f"More of {told.get('title') or told.get('id')}", tuple(blocks))


def _table(one: Mapping[str, Any]) -> Table:
    names = [str(name) for name in one.get("columns") or ()]
    columns = tuple(Column(name, numeric=number > 0) for number, name in enumerate(names))
    rows: list[tuple[str | Cell, ...]] = [
        tuple(str(cell) for cell in row) for row in one.get("rows") or () if len(row) == len(names)
    ]
    return Table(columns, tuple(rows), str(one.get("caption")), tuple(map(str, one.get("notes") or ())))


def _picture(evidence: Evidence, one: Mapping[str, Any]) -> Picture:
    caption = str(one.get("caption"))
    return Picture(evidence.picture(one.get("file")), None, (caption,), caption)
