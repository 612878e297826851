"""Every table in one Word file, made with python-docx (the extra `publish`)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from thirdeye.errors import MissingExtra
from thirdeye.report.publication.table import JournalRow, JournalTable

_FONT, _BODY_PT, _NOTE_PT = "Arial", 9, 8
_LANDSCAPE_FROM = 6  # columns
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can hold; the same for every file


def render_word(tables: Sequence[JournalTable], *, title: str, notice: str) -> bytes:
    """The bytes of a ``.docx``: a page for each table, its heading above and its notes below.

    Args:
        tables: in the order of print.
        title: of the document.
        notice: the research-use notice, in every page's footer.

    Raises:
        MissingExtra: python-docx is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtra("tables as a Word file", "publish") from error
    document = docx.Document()
    _prepare(document, title)
    for index, table in enumerate(tables):
        section = document.sections[0] if index == 0 else document.add_section()
        _orient(section, wide=len(table.columns) >= _LANDSCAPE_FROM)
        if index == 0:
            section.footer.paragraphs[0].text = notice
        _write(document, table)
    buffer = io.BytesIO()
    document.save(buffer)
    return _stamped(buffer.getvalue())


def _prepare(document: Any, title: str) -> None:
    from docx.shared import Pt

    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(_BODY_PT)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title[:200], "Third Eye", ""
    properties.created = properties.modified = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _orient(section: Any, *, wide: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(18)


def _write(document: Any, table: JournalTable) -> None:
    from docx.shared import Pt

    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    head.add_run(f"Table {table.number}. ").bold = True
    head.add_run(table.title)
    section = document.sections[-1]
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    grid.autofit = False
    _fill(grid, table, int(section.page_width - section.left_margin - section.right_margin))
    for index, note in enumerate(table.notes):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4 if index == 0 else 0)
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.add_run(note).font.size = Pt(_NOTE_PT)


def _fill(grid: Any, table: JournalTable, room: int) -> None:
    # The cells of a row once: asking for them one by one takes time that grows with the square of the rows.
    lines = [row.cells for row in grid.rows]
    widths = _widths(table, room)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for cells in lines:
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
    for cell, column in zip(lines[0], table.columns, strict=True):
        _text(cell, column.title, right=column.align == "right", bold=True)
    for cells, one in zip(lines[1:], table.rows, strict=True):
        _row(cells, one, table)
    for line in grid.rows:
        _whole(line)
    _repeat(grid.rows[0])
    for cell in lines[0]:
        _edge(cell, top=8, bottom=4)
    for cell in lines[-1]:
        _edge(cell, bottom=8)


def _widths(table: JournalTable, room: int) -> list[int]:
    """The width of each column, after the longest text in it, within bounds."""
    lines = [tuple(column.title for column in table.columns)]
    lines += [one.cells for one in table.rows if not one.group]
    longest = [max(len(line[i]) for line in lines) for i in range(len(table.columns))]
    weights = [min(length, 24) + 4 for length in longest]  # 4: the margins of a cell
    return [room * weight // sum(weights) for weight in weights]


def _row(cells: Sequence[Any], one: JournalRow, table: JournalTable) -> None:
    if one.group:
        _text(cells[0].merge(cells[-1]), one.cells[0], right=False, italic=True)
        return
    for index, (cell, text, column) in enumerate(zip(cells, one.cells, table.columns, strict=True)):
        _text(cell, text, right=column.align == "right", indent=one.indent and index == 0)


def _text(
    cell: Any, text: str, *, right: bool, bold: bool = False, italic: bool = False, indent: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(1)
    form.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    if indent:
        form.left_indent = Mm(4)


def _edge(cell: Any, **eighths: int) -> None:
    """Rules above and below, in eighths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    for side, size in eighths.items():
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "000000")):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)


def _whole(line: Any) -> None:
    """A row is not torn over two pages."""
    from docx.oxml import OxmlElement

    line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(line: Any) -> None:
    """The header row comes again on every page that the table reaches."""
    from docx.oxml import OxmlElement

    line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _stamped(content: bytes) -> bytes:
    """The same archive without the time of writing, so that the same tables are the same bytes."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _STAMP), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
