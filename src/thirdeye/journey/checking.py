"""`check`: put a dataset on trial."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from thirdeye.case.study import Study
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection
from thirdeye.journey.options import DataOptions
from thirdeye.journey.results import Checked
from thirdeye.training.event import Event, Listener, silent

FINDINGS_FILE = "findings.json"
FINDINGS_VERSION = 1


def check(
    data: str | Path,
    *,
    out: str | Path | None = None,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Checked:
    """Open a dataset, say what was understood, and run every check over it.

    Args:
        data: folder, table or archive.
        out: study folder in which to write ``findings.json``; None writes nothing.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: `data` does not exist, or an option does not fit.
        DataRefused: nothing could be understood.
    """
    tell(Event("stage", "Check"))
    collection = open_collection(Path(data), **options)
    for sentence in collection.understood:
        tell(Event("note", sentence))

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "images looked at", done / max(1, total)))

    checked = Checked(collection, examine(collection, progress=progress))
    for finding in checked.examination.findings:
        if finding.severity != "info":
            tell(Event("note", f"{finding.severity}: {finding.message}"))
    if out is not None:
        Study(Path(out)).write_json(FINDINGS_FILE, findings_json(checked))
    return checked


def findings_json(checked: Checked) -> dict[str, object]:
    """The content of ``findings.json``."""
    return {
        "version": FINDINGS_VERSION,
        "layout": checked.collection.layout,
        "understood": list(checked.collection.understood),
        "checks": [run.as_json() for run in checked.examination.runs],
        "findings": [finding.as_json() for finding in checked.examination.findings],
    }
