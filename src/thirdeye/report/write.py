"""Writes the report of a study: page, PDF, canvas, checklists, model card, data sheet, publication."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.report.canvas import canvas
from thirdeye.report.checklists.answers import read_answers
from thirdeye.report.checklists.checklists import checklists
from thirdeye.report.compose import compose
from thirdeye.report.evidence import read_evidence
from thirdeye.report.html import render_html
from thirdeye.report.pdf import render_pdf
from thirdeye.report.publication.data_sheet import data_sheet
from thirdeye.report.publication.model_card import model_card
from thirdeye.report.publication.package import write_publication

WRITTEN = ("report.html", "report.pdf", "canvas.json", "checklists.json", "model_card.md", "data_sheet.md")


def write_report(study: Path, *, publish: bool = False) -> list[Path]:
    """Reads the files of a study folder and writes the report beside them.

    A missing or broken file is named in the report instead of stopping it; the same files give the same
    report, byte for byte.

    Args:
        study: the study folder.
        publish: whether to write the folder ``publication`` too (tables and figures for a journal).

    Returns:
        The files written: those of `WRITTEN`, then those of the publication.

    Raises:
        StageFailed: the folder cannot be written.
        DataRefused: ``answers.json`` holds something else than answers.
    """
    evidence = read_evidence(study)
    folder = Study(study)
    answers = read_answers(folder)
    filled, lists = canvas(evidence, answers), checklists(evidence, answers)
    document = compose(evidence, filled, lists)
    folder.write_json("canvas.json", filled)
    folder.write_json("checklists.json", lists)
    folder.write_text("report.html", render_html(document))
    with folder.writing("report.pdf") as path:
        path.write_bytes(render_pdf(document))
    folder.write_text("model_card.md", model_card(evidence, answers))
    folder.write_text("data_sheet.md", data_sheet(evidence, answers))
    published = write_publication(folder, evidence, document) if publish else []
    return [folder.path(name) for name in (*WRITTEN, *published)]
