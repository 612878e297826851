"""The printed report."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.report.canvas import canvas
from thirdeye.report.compose import compose
from thirdeye.report.document import Block, Document, Form, FormRow, Section
from thirdeye.report.evidence import read_evidence
from thirdeye.report.pdf import render_pdf
from thirdeye.report.pdf_blocks import _WRITERS, unbroken


@pytest.mark.parametrize("kind", ["hostile"])
def test_fonts_are_inside_and_bytes_repeat(make_study: Callable[..., Path], kind: str) -> None:
    evidence = read_evidence(make_study(kind))
    document = compose(evidence, canvas(evidence))
    pdf = render_pdf(document)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    fonts = set(re.findall(rb"/BaseFont\s*/([\w+-]+)", pdf))
    assert any(b"DejaVu" in font for font in fonts)
    assert pdf.count(b"/FontFile2") >= 2
    assert render_pdf(document) == pdf


def test_every_block_can_be_printed() -> None:
    assert set(_WRITERS) == set(Block.__args__)


def test_markup_of_a_name_stays_text() -> None:
    from thirdeye.report.document import Paragraph

    hostile = "<b>bold</b> & <font color='red'>red</font> </para>"
    section = Section("a", hostile, (Paragraph(hostile),))
    pdf = render_pdf(Document(hostile, hostile, hostile, (section,), hostile))
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


def test_a_field_longer_than_a_page_goes_on_to_the_next() -> None:
    """With two hundred classes one field of the canvas names several hundred figures."""
    long = ", ".join(f"sensitivity of class {index:03d} 0.912 (0.800 to 0.950)" for index in range(400))
    rows = (FormRow("Sensitivity", "with its interval", long, "partly"),)
    section = Section("a", "Canvas", (Form(rows, "Canvas"),))
    pdf = render_pdf(Document("t", "s", "n", (section,), "i"))
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 2


def test_a_figure_is_as_wide_as_the_page_has_room() -> None:
    from thirdeye.report.document import Figure
    from thirdeye.report.figures.froc import FrocLine, froc_figure
    from thirdeye.report.pdf_blocks import _figure_parts
    from thirdeye.report.pdf_style import Styles, register_fonts

    register_fonts()
    drawing = froc_figure([FrocLine("all", [0.5], [0.6], 2.0)])
    parts = _figure_parts(Figure(drawing, "caption", "alt"), Styles.make(), 400.0)
    assert (parts[0].drawWidth, parts[0].drawHeight) == pytest.approx(
        (400, 400 * drawing.height_in / drawing.width_in)
    )


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("44.4% to 77.8%, n = 12", "44.4% to 77.8%, n\xa0=\xa012"),
        ("31.7% to 39.0%; n 1,200", "31.7% to 39.0%; n\xa01,200"),
        ("an n of 3, in 4 cases", "an n of 3, in 4 cases"),
    ],
)
def test_a_number_of_cases_stays_on_one_line(note: str, kept: str) -> None:
    assert unbroken(note) == kept
