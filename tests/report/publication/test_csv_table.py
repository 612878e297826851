"""CSV: the rows as they are, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from thirdeye.report.publication.csv_table import render_csv, safe_cell
from thirdeye.report.publication.table import JournalTable, columns, group, row


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1", " =1", "-2+3 (1 to 2)", "+a"]
)
def test_formulas_are_shown_as_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["−0.5 (−1.2 to 0.1)", "+4.3% (−9.3% to 17.8%)", "-3", "+0.046 (−0.056 to 0.149)", "1,204", "a=b", ""],
)
def test_numbers_stay_numbers(text: str) -> None:
    assert safe_cell(text) == text


def test_rows_come_back_as_they_were() -> None:
    table = JournalTable("t", "1", "x", columns("A", "B, c"), (group('g "q"', 2), row("a\nb", "2")))
    text = render_csv(table)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["A", "B, c"], ['g "q"', ""], ["a↵b", "2"],
    ]  # fmt: skip
