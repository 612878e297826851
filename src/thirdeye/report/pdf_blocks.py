"""Each block of the document as reportlab flowables."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from thirdeye.report import document as doc
from thirdeye.report.pdf_style import (
    INK,
    MUTED,
    NOTICE_EDGE,
    NOTICE_WASH,
    RULE,
    WASH,
    WIDTH,
    Styles,
    text,
    tinted,
)

_TALLEST = 590.0  # points that one picture may take


def block_flow(block: doc.Block, styles: Styles) -> list[Any]:
    """The flowables of one block."""
    return _WRITERS[type(block)](block, styles)


def _paragraph(block: doc.Paragraph, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph

    style = {"lead": styles.lead, "small": styles.small, "label": styles.label}.get(block.role, styles.body)
    return [Paragraph(text(block.text), style)]


def _bullets(block: doc.Bullets, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph

    style = styles.body.clone("bullet", leftIndent=12, bulletIndent=2, spaceAfter=3)
    return [Paragraph(text(item), style, bulletText="–") for item in block.items]


def _notice(block: doc.Notice, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph

    edge = NOTICE_EDGE[block.level]
    head = tinted(block.title, "bad" if block.level == "stop" else "strong")
    lines = [Paragraph(head, styles.body.clone("notice_head", spaceAfter=2))]
    if block.text:
        lines.append(
            Paragraph(text(block.text), styles.body.clone("notice_text", fontSize=8.2, spaceAfter=1))
        )
    if block.remedy:
        lines.append(Paragraph(text(block.remedy), styles.small))
    frame = [
        ("BACKGROUND", (0, 0), (-1, -1), NOTICE_WASH[block.level]),
        ("LINEBEFORE", (0, 0), (0, -1), 3, edge),
    ]
    return [_boxed(lines, frame)]


def _boxed(lines: list[Any], commands: list[Any]) -> Any:
    from reportlab.platypus import Table

    padding = [("LEFTPADDING", (0, 0), (-1, -1), 10), ("TOPPADDING", (0, 0), (-1, -1), 6)]
    return Table(
        [[lines]], colWidths=[WIDTH], style=[*commands, *padding, ("BOTTOMPADDING", (0, 0), (-1, -1), 5)],
        spaceBefore=5, spaceAfter=8,
    )  # fmt: skip


def unbroken(note: str) -> str:
    """A note in which "n = 12" and "n 12" stay on one line."""
    return re.sub(r"\bn (= )?(?=\d)", lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), note)


def _cell(value: str | doc.Cell, style: Any) -> Any:
    from reportlab.platypus import Paragraph

    if isinstance(value, str):
        return Paragraph(text(value), style)
    markup = tinted(value.text, value.tone)
    if value.note:
        markup += f'<br/><font color="{MUTED}" size="6.6">{text(unbroken(value.note))}</font>'
    return Paragraph(markup, style)


def _table(block: doc.Table, styles: Styles) -> list[Any]:
    from reportlab.platypus import CondPageBreak, Paragraph, Table

    heads = [Paragraph(text(c.title), styles.head_right if c.numeric else styles.head) for c in block.columns]
    rows = [
        [
            _cell(v, styles.cell_right if c.numeric else styles.cell)
            for v, c in zip(row, block.columns, strict=True)
        ]
        for row in block.rows
    ]
    total = sum(column.weight for column in block.columns)
    widths = [WIDTH * column.weight / total for column in block.columns]
    table = Table([heads, *rows], colWidths=widths, repeatRows=1, style=_rules(), spaceAfter=4, splitInRow=1)
    # A caption that had to stay with its whole table would push long tables to the next page.
    caption = Paragraph(text(block.caption), styles.label.clone("table_caption", keepWithNext=0))
    flow: list[Any] = [CondPageBreak(110), caption, table]
    flow += [Paragraph(text(note), styles.small.clone("note", spaceAfter=1)) for note in block.notes]
    return [*flow, _gap(8)]


def _rules() -> list[Any]:
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-2, -1), 8),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]


def _facts(block: doc.Facts, styles: Styles) -> list[Any]:
    from reportlab.platypus import Table

    rows = [
        [_cell(doc.Cell(term, "muted"), styles.cell), _cell(value, styles.cell)]
        for term, value in block.pairs
    ]
    if not rows:
        return []
    return [
        Table(rows, colWidths=[WIDTH * 0.28, WIDTH * 0.72], style=_plain_rules(), spaceAfter=8, splitInRow=1)
    ]


def _plain_rules() -> list[Any]:
    kept = [rule for rule in _rules() if rule[0] != "LINEBELOW" and rule[-1] != "BOTTOM"]
    return [*kept, ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE)]


def _picture(png: bytes, width: float, height: float) -> Any:
    from reportlab.platypus import Image

    return Image(io.BytesIO(png), width=width, height=height)


def _figure(block: doc.Figure, styles: Styles) -> list[Any]:
    from reportlab.platypus import KeepTogether

    wide = block.drawing.width_in >= 5
    return [KeepTogether(_figure_parts(block, styles, WIDTH if wide else WIDTH * 0.55))]


def _figure_parts(block: doc.Figure, styles: Styles, width: float) -> list[Any]:
    from reportlab.platypus import Paragraph

    height = width * block.drawing.height_in / block.drawing.width_in
    if height > _TALLEST:
        width, height = width * _TALLEST / height, _TALLEST
    picture = _picture(block.drawing.png, width, height)
    picture.hAlign = "LEFT"
    title = [Paragraph(text(block.title), styles.figure_title)] if block.title else []
    return [*title, picture, Paragraph(text(block.caption), styles.caption)]


def _figure_row(block: doc.FigureRow, styles: Styles) -> list[Any]:
    from reportlab.platypus import Table

    half = WIDTH / 2 - 10
    cells = [_figure_parts(figure, styles, half) for figure in block.figures]
    if len(cells) % 2:
        cells.append([])
    rows = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    padding = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 10)]
    return [Table(rows, colWidths=[WIDTH / 2] * 2, style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *padding])]


def _key_numbers(block: doc.KeyNumbers, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph, Table

    if not block.items:
        return []
    cells = [
        [
            Paragraph(text(item.label), styles.small),
            Paragraph(text(item.value), styles.value),
            Paragraph(text(item.interval), styles.cell),
            Paragraph(text(item.meaning), styles.small),
        ]
        for item in block.items
    ]
    rule = [("LINEABOVE", (0, 0), (-1, 0), 0.6, RULE), ("LINEBELOW", (0, -1), (-1, -1), 0.6, RULE)]
    top = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return [
        Table(
            [cells],
            colWidths=[WIDTH / len(cells)] * len(cells),
            style=[*rule, *top],
            spaceBefore=6,
            spaceAfter=10,
        )
    ]


def _gallery(block: doc.Gallery, styles: Styles, *, alone: bool = False) -> list[Any]:
    """Pictures beside their heat maps, three in a row; or `alone`, six in a row."""
    from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

    title = Paragraph(
        f"{text(block.title)} <font color='{MUTED}' size='7.6'>{text(block.explanation)}</font>", styles.label
    )
    large = WIDTH / 3 - 10 if block.alone else None
    cells = [
        _example(picture, block.warning, styles, alone or block.alone, large) for picture in block.pictures
    ]
    wide = 6 if alone else 3
    while len(cells) % wide:
        cells.append([])
    rows = [cells[i : i + wide] for i in range(0, len(cells), wide)]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    tables = [Table([row], colWidths=[WIDTH / wide] * wide, style=style) for row in rows]
    return [KeepTogether([title, *tables[:1]]), *tables[1:], Spacer(1, 6)]


def _example(
    picture: doc.Picture, warning: str, styles: Styles, alone: bool, large: float | None = None
) -> list[Any]:
    from reportlab.platypus import Paragraph, Table

    side = WIDTH / 6 - 6 if large is None else large
    pictures = (picture.image,) if alone else (picture.image, picture.heat_map)
    shown = [_thumbnail(png, side, styles) for png in pictures]
    pair = Table(
        [shown],
        colWidths=[side + 2] * len(shown),
        style=[("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 2)],
    )
    pair.hAlign = "LEFT"
    lines = [
        Paragraph(text(line), styles.cell if i < 2 else styles.small) for i, line in enumerate(picture.lines)
    ]
    doubt = (
        [Paragraph(tinted(f"Heat map: {warning}", "bad"), styles.cell)]
        if warning and picture.heat_map
        else []
    )
    return [pair, *lines, *doubt]


_MOST_PANES = 2.2  # a picture of several panes, one below the other, may be so much taller than wide


def _thumbnail(png: bytes | None, side: float, styles: Styles) -> Any:
    from PIL import Image
    from reportlab.platypus import Paragraph

    if png is None:
        return Paragraph("not kept", styles.small)
    with Image.open(io.BytesIO(png)) as opened:
        width, height = opened.size
    scale = min(side / width, side * (_MOST_PANES if height > 2 * width else 1) / height)
    return _picture(png, width * scale, height * scale)


def _form(block: doc.Form, styles: Styles) -> list[Any]:
    from reportlab.platypus import Table

    rows = []
    for row in block.rows:
        waiting = {"open": "To be written by a person: ………", "partly": "To be completed by a person: ………"}
        value = doc.Cell(row.text or waiting["open"], "plain" if row.text else "warning")
        cells = [_cell(value, styles.cell)]
        if row.where:
            see = "See " + ", ".join(title for _, title in row.where)
            cells.append(_cell(doc.Cell(see, "muted"), styles.cell))
        if row.text and row.state != "filled":
            cells.append(_cell(doc.Cell(waiting["partly"], "warning"), styles.cell))
        rows.append([_cell(doc.Cell(row.field, "strong", row.asked), styles.cell), cells])
    return [
        Table(rows, colWidths=[WIDTH * 0.34, WIDTH * 0.66], style=_plain_rules(), spaceAfter=8, splitInRow=1)
    ]


def _verbatim(block: doc.Verbatim, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph

    return [_boxed([Paragraph(text(block.text), styles.body)], [("BACKGROUND", (0, 0), (-1, -1), WASH)])]


def _verdict(block: doc.Verdict, styles: Styles) -> list[Any]:
    level: Any = {"good": "note"}.get(block.level, block.level)
    return _notice(doc.Notice(level, block.sentence, block.text), styles)


def _sheet(block: doc.Sheet, styles: Styles) -> list[Any]:
    """Tiles as pictures with their lines; names that only unfold on a page are left to the page."""
    pictures = tuple(
        doc.Picture(tile.image, None, (tile.name, *tile.lines), tile.name)
        for group in block.groups
        for tile in group.tiles
    )
    shown = _gallery(doc.Gallery(block.title, "", pictures), styles, alone=True) if pictures else []
    return [*shown, *(_paragraph(doc.Paragraph(block.more, "small"), styles) if block.more else [])]


def _charge(block: doc.Charge, styles: Styles) -> list[Any]:
    levels: dict[str, Any] = {"error": "stop", "warning": "warning", "info": "note"}
    head = doc.Notice(levels[block.severity], block.title, block.message, block.remedy)
    return [*_notice(head, styles), *(flow for inner in block.blocks for flow in block_flow(inner, styles))]


def _fold(block: doc.Fold, styles: Styles) -> list[Any]:
    """Paper does not unfold: the title (unless a caption repeats it), then everything."""
    from reportlab.platypus import CondPageBreak, Paragraph

    inside = [flow for inner in block.blocks for flow in block_flow(inner, styles)]
    first = block.blocks[0] if block.blocks else None
    if isinstance(first, doc.Table) and block.title.startswith(first.caption):
        return inside
    # As with captions: a title that had to stay with a long table would leave the page empty.
    return [
        CondPageBreak(110),
        Paragraph(text(block.title), styles.label.clone("fold", keepWithNext=0)),
        *inside,
    ]


def _gap(points: float) -> Any:
    from reportlab.platypus import Spacer

    return Spacer(1, points)


_WRITERS: dict[type, Callable[[Any, Styles], list[Any]]] = {
    doc.Paragraph: _paragraph,
    doc.Bullets: _bullets,
    doc.Notice: _notice,
    doc.Table: _table,
    doc.Facts: _facts,
    doc.Figure: _figure,
    doc.FigureRow: _figure_row,
    doc.KeyNumbers: _key_numbers,
    doc.Gallery: _gallery,
    doc.Form: _form,
    doc.Verbatim: _verbatim,
    doc.Verdict: _verdict,
    doc.Sheet: _sheet,
    doc.Charge: _charge,
    doc.Fold: _fold,
}
