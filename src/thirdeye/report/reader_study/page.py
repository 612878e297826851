"""The page of an analysed reader study."""

from __future__ import annotations

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.document import Bullets, Document, Section
from thirdeye.report.html import render_html
from thirdeye.report.reader_study.marks import marks_section
from thirdeye.report.reader_study.network import network_section
from thirdeye.report.reader_study.reliance import reliance_section
from thirdeye.report.reader_study.study import ReaderStudy
from thirdeye.report.reader_study.tests import tests_section
from thirdeye.report.reader_study.together import disagreement_section, together_section
from thirdeye.report.reader_study.words import merit_title


def write_page(study: ReaderStudy, understood: tuple[str, ...]) -> str:
    """One self-contained HTML page."""
    return render_html(compose(study, understood))


def write_print(study: ReaderStudy, understood: tuple[str, ...]) -> bytes:
    """The page for print, PDF."""
    from thirdeye.report.pdf import render_pdf  # reportlab is slow to load, and not every caller prints

    return render_pdf(compose(study, understood))


def compose(study: ReaderStudy, understood: tuple[str, ...]) -> Document:
    """The page as a document."""
    sections = [Section("data", "What was read", (Bullets(understood),))]
    if study.tests is not None:
        sections.append(tests_section(study, study.tests))
    if study.marks is not None:
        sections.append(marks_section(study.marks, study.merit))
    if study.standalone is not None:
        sections.append(network_section(study, study.standalone))
    if study.reliance is not None:
        sections.append(reliance_section(study.reliance))
    side = study.side_by_side
    if side is not None:
        sections.append(disagreement_section(side.disagreement, side.told))
        if side.policies:
            sections.append(together_section(study, side))
    readers = 0 if study.tests is None else len(study.tests.readers)
    title = merit_title(study.merit)
    subtitle = f"{readers} readers, {study.cases} cases, figure of merit: {title}" if readers else "Decisions"
    return Document("Reader study", subtitle, RESEARCH_USE, tuple(sections), "Third Eye, reader study")
