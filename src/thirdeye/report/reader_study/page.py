"""The page of an analysed reader study."""

from __future__ import annotations

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.document import Bullets, Document, Section
from thirdeye.report.html import render_html
from thirdeye.report.names import measure
from thirdeye.report.reader_study.network import network_section
from thirdeye.report.reader_study.reliance import reliance_section
from thirdeye.report.reader_study.study import ReaderStudy
from thirdeye.report.reader_study.tests import tests_section


def write_page(study: ReaderStudy, understood: tuple[str, ...]) -> str:
    """One self-contained HTML page."""
    return render_html(compose(study, understood))


def compose(study: ReaderStudy, understood: tuple[str, ...]) -> Document:
    """The page as a document."""
    sections = [Section("data", "What was read", (Bullets(understood),))]
    if study.tests is not None and study.readings is not None:
        sections.append(tests_section(study, study.tests, study.readings))
    if study.standalone is not None:
        sections.append(network_section(study, study.standalone))
    if study.reliance is not None:
        sections.append(reliance_section(study.reliance))
    readers = len(study.readings.readers) if study.readings is not None else 0
    cases = len(study.readings.cases) if study.readings is not None else 0
    subtitle = (
        f"{readers} readers, {cases} cases, figure of merit: {measure(study.merit).title}"
        if readers
        else "Decisions"
    )
    return Document("Reader study", subtitle, RESEARCH_USE, tuple(sections), "Third Eye, reader study")
