"""The Word file: valid, complete, the same bytes for the same tables, and missed politely."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest

from thirdeye.errors import MissingExtra
from thirdeye.report.publication.table import JournalTable, columns, group, notes, row
from thirdeye.report.publication.word_tables import render_word

docx = pytest.importorskip("docx", reason="the extra publish is not installed")
NAME = '<w:t>肺炎</w:t> & "q" عربي ' + "long " * 30
TABLES = [
    JournalTable(
        "a", "1", NAME, columns(NAME, "B"), (group(NAME, 2), row(NAME, "2", indent=True)), notes([NAME])
    ),
    JournalTable("b", "S1", "wide", columns("A", *"BCDEF"), (row("x", *"12345"),)),
]


def test_cells_are_what_was_given() -> None:
    document = docx.Document(io.BytesIO(render_word(TABLES, title=NAME, notice="Research use only")))
    first, second = document.tables
    assert [cell.text for cell in first.rows[0].cells] == [NAME, "B"]
    assert first.rows[1].cells[0].text == NAME
    assert [cell.text for cell in first.rows[2].cells] == [NAME, "2"]
    assert [cell.text for cell in second.rows[1].cells] == ["x", *"12345"]
    assert [s.page_width > s.page_height for s in document.sections] == [False, True]
    assert document.sections[0].footer.paragraphs[0].text == "Research use only"
    assert any(p.text == f"Table 1. {NAME}" for p in document.paragraphs)


def test_same_tables_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render_word(TABLES, title="t", notice="n")
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 1, 2, 3, 4, 5, 0, 0, 0))
    assert render_word(TABLES, title="t", notice="n") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtra, match=r"thirdeye-imaging\[publish\]"):
        render_word(TABLES, title="t", notice="n")
