"""A table as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re

from thirdeye.report.publication.table import JournalTable

# A number, a percentage, a p value, or a number with its interval: never a formula.
_NUMBER = r"[-+−]?\d[\d,]*(?:\.\d+)?%?"
_HARMLESS = re.compile(rf"{_NUMBER}(?: ?\({_NUMBER}(?: to {_NUMBER})?\))?")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def render_csv(table: JournalTable) -> str:
    """The header and the rows; a group heading has only its first cell. Notes are kept apart (captions.md).

    UTF-8 with a byte order mark, so that spreadsheets read the letters rightly.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([safe_cell(column.title) for column in table.columns])
    for one in table.rows:
        writer.writerow([safe_cell(cell) for cell in one.cells])
    return "\ufeff" + buffer.getvalue()


def safe_cell(text: str) -> str:
    """`text` behind an apostrophe where a spreadsheet would take it for a formula (OWASP, CSV injection)."""
    if text.lstrip().startswith(_FORMULA_STARTS) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text
