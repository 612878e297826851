"""Cases to be read from a table with a column of files for each channel. No pandas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thirdeye.errors import UsageError
from thirdeye.inference.fusion.given import bare, table_rows
from thirdeye.intake.joined import Channel, Joined, by_channel


def cases_by_column(table: Path, channels: Sequence[Channel]) -> list[Joined]:
    """The cases of a table, a row each; an empty cell is a channel that is not there.

    Args:
        table: CSV, TSV or semicolons, with a column named like each channel; files relative to its folder.
        channels: that the reader joins.

    Raises:
        UsageError: it cannot be read, a channel has no column, or a row names no file.
    """
    rows = table_rows(table)
    columns = {bare(name): name for name in rows[0]}
    lacking = [one.name for one in channels if bare(one.name) not in columns]
    if lacking:
        raise UsageError(
            f"--table {table.name}: no column is named {', '.join(lacking)}; the reader needs a column of "
            f"files for each of {', '.join(one.name for one in channels)} (there are: {', '.join(rows[0])})"
        )
    found = []
    for number, row in enumerate(rows, 2):
        cells = [row[columns[bare(one.name)]].strip() for one in channels]
        if not any(cells):
            raise UsageError(f"--table {table.name}: line {number} names no file")
        found.append(by_channel([table.parent / cell if cell else None for cell in cells], channels))
    return found
