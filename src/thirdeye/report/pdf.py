"""The document as a PDF, with fonts inside, made without any system package."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from thirdeye.report.document import Document
from thirdeye.report.pdf_blocks import block_flow
from thirdeye.report.pdf_style import MARGIN, WIDTH, Styles, register_fonts, text

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


def render_pdf(document: Document) -> bytes:
    """The PDF's bytes; the same document gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    register_fonts()
    _streams_as_bytes()
    styles = Styles.make()
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=document.title,
        author="Third Eye",
        subject=document.notice,
        invariant=1,
        lang="en",
    )
    bottom = MARGIN + 12
    edges = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
    frame = Frame(MARGIN, bottom, WIDTH, A4[1] - MARGIN - bottom, **edges)
    template.addPageTemplates([PageTemplate(frames=[frame], onPage=_footer(document))])
    template.build(_flow(document, styles))
    return buffer.getvalue()


def _streams_as_bytes() -> None:
    """Compressed streams as they are: written as letters they take a quarter more, and seconds of writing."""
    from reportlab import rl_config

    rl_config.useA85 = 0


def _flow(document: Document, styles: Styles) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer

    flow: list[Any] = [
        Paragraph(text(document.notice), styles.notice),
        Spacer(1, 16),
        Paragraph(text(document.kind), styles.small),
        Paragraph(text(document.title), styles.title),
        Paragraph(text(document.subtitle), styles.small),
        Spacer(1, 10),
    ]
    for section in document.sections:
        flow.append(_heading(text(section.title), styles.heading, section.anchor, section.title))
        for block in section.blocks:
            flow += block_flow(block, styles)
    flow += [Spacer(1, 18), Paragraph(text(document.imprint), styles.small)]
    return flow


def _heading(markup: str, style: Any, anchor: str, title: str) -> Any:
    from reportlab.platypus import Paragraph

    class Heading(Paragraph):
        """A heading that enters itself into the outline of the PDF."""

        def draw(self) -> None:
            self.canv.bookmarkPage(anchor)
            self.canv.addOutlineEntry(title, anchor, 0)
            super().draw()

    return Heading(markup, style)


def _footer(document: Document) -> Any:
    def draw(canvas: Canvas, template: Any) -> None:
        canvas.saveState()
        canvas.setFont("ThirdEye", 6.6)
        canvas.setFillGray(0.36)
        canvas.drawString(MARGIN, MARGIN - 4, document.notice)
        canvas.drawRightString(template.pagesize[0] - MARGIN, MARGIN - 4, str(template.page))
        canvas.restoreState()

    return draw
