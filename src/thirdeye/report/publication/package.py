"""The folder ``publication`` of a study: tables and figures as a journal takes them."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import Study
from thirdeye.errors import MissingExtra
from thirdeye.report.document import Document
from thirdeye.report.evidence import Evidence
from thirdeye.report.publication.captions import captions
from thirdeye.report.publication.csv_table import render_csv
from thirdeye.report.publication.figures import named_figures
from thirdeye.report.publication.latex_table import preview, render_latex
from thirdeye.report.publication.print_figure import PrintFigure, print_figure
from thirdeye.report.publication.table import JournalTable
from thirdeye.report.publication.tables import journal_tables
from thirdeye.report.publication.word_tables import render_word

FOLDER = "publication"
WORD_FILE = f"{FOLDER}/tables/tables.docx"


def write_publication(study: Study, evidence: Evidence, document: Document) -> list[str]:
    """Every table as CSV and LaTeX and all as one Word file, every figure as SVG and PNG, and their captions.

    Without python-docx the Word file is left out, and ``captions.md`` says so.

    Args:
        study: the folder is made inside it.
        evidence: what the tables are made from.
        document: the report, whose figures are printed.

    Returns:
        Names of the files, relative to the study.

    Raises:
        StageFailed: the folder cannot be written.
    """
    tables = journal_tables(evidence)
    written = _write_tables(study, tables)
    left_out = []
    try:
        written.append(_write_word(study, tables, document))
    except MissingExtra as error:
        left_out.append(f"tables.docx: {error}")
    figures = named_figures(document)
    printed: dict[str, PrintFigure] = {}
    for one in figures:
        found = print_figure(one.figure.drawing)
        if found is not None:
            printed[one.name] = found
            written += _write_figure(study, one.name, found)
    study.write_text(f"{FOLDER}/captions.md", captions(tables, figures, printed, left_out))
    return [*written, f"{FOLDER}/captions.md"]


def _write_tables(study: Study, tables: Sequence[JournalTable]) -> list[str]:
    written = []
    for table in tables:
        for kind, text in (("csv", render_csv(table)), ("tex", render_latex(table))):
            written.append(f"{FOLDER}/tables/{table.name}.{kind}")
            study.write_text(written[-1], text)
    written.append(f"{FOLDER}/tables/all_tables.tex")
    study.write_text(written[-1], preview(tables))
    return written


def _write_word(study: Study, tables: Sequence[JournalTable], document: Document) -> str:
    content = render_word(tables, title=document.title, notice=RESEARCH_USE)
    with study.writing(WORD_FILE) as path:
        path.write_bytes(content)
    return WORD_FILE


def _write_figure(study: Study, name: str, figure: PrintFigure) -> list[str]:
    written = []
    for kind, content in (("svg", figure.svg), ("png", figure.png)):
        written.append(f"{FOLDER}/figures/{name}.{kind}")
        with study.writing(written[-1]) as path:
            path.write_bytes(content)
    return written
