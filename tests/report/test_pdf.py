"""The printed report."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.report.canvas import canvas
from thirdeye.report.compose import compose
from thirdeye.report.document import Block, Document, Section
from thirdeye.report.evidence import read_evidence
from thirdeye.report.pdf import render_pdf
from thirdeye.report.pdf_blocks import _WRITERS


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
