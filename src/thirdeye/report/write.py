"""Writes the report of a study: ``report.html``, ``report.pdf`` and ``canvas.json``."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.report.canvas import canvas
from thirdeye.report.compose import compose
from thirdeye.report.evidence import read_evidence
from thirdeye.report.html import render_html
from thirdeye.report.pdf import render_pdf


def write_report(study: Path) -> list[Path]:
    """Reads the files of a study folder and writes the report beside them.

    A missing or broken file is named in the report instead of stopping it; the same files give the same
    report, byte for byte.

    Args:
        study: the study folder.

    Returns:
        The files written: HTML page, PDF, canvas.

    Raises:
        StageFailed: the folder cannot be written.
    """
    evidence = read_evidence(study)
    filled = canvas(evidence)
    document = compose(evidence, filled)
    folder = Study(study)
    folder.write_json("canvas.json", filled)
    folder.write_text("report.html", render_html(document))
    with folder.writing("report.pdf") as path:
        path.write_bytes(render_pdf(document))
    return [folder.path(name) for name in ("report.html", "report.pdf", "canvas.json")]
