"""`check`: put a dataset on trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.intake.examine import examine
from thirdeye.intake.look import look
from thirdeye.intake.open import open_collection
from thirdeye.intake.reference import as_reference, readable
from thirdeye.journey.options import DataOptions
from thirdeye.journey.results import Checked
from thirdeye.journey.speed import installed_embedder, velocity_of
from thirdeye.report.trial.trial import Trial
from thirdeye.training.event import Event, Listener, silent

FINDINGS_FILE = "findings.json"
PAGE_FILE = "findings.html"
FINDINGS_VERSION = 1


def check(
    data: str | Path,
    *,
    out: str | Path | None = None,
    html: str | Path | None = None,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Checked:
    """Open a dataset, say what was understood, and run every check over it; labels are not needed.

    Args:
        data: folder, table or archive.
        out: study folder in which to write ``findings.json`` and ``findings.html``; None writes nothing.
        html: file to write the page into, instead of or beside the one in `out`.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: `data` does not exist, or an option does not fit.
        DataRefused: nothing could be understood.
    """
    tell(Event("stage", "Check"))
    checked = put_on_trial(data, tell=tell, network=True, labels_optional=True, **options)
    if out is not None:
        Study(Path(out)).write_json(FINDINGS_FILE, findings_json(checked))
    if out is not None or html is not None:
        write_page(checked, Path(data), out=out, html=html, tell=tell)
    return checked


def put_on_trial(
    data: str | Path,
    *,
    tell: Listener = silent,
    network: bool = False,
    labels_optional: bool = False,
    **options: Unpack[DataOptions],
) -> Checked:
    """Open a dataset and run every check over it; writes nothing.

    Args:
        data: folder, table or archive.
        tell: hears how it goes.
        network: where one is installed, compare pictures by its features and measure how fast this machine
            learns and reads; takes a few seconds more.
        labels_optional: data without labels are accepted.
        options: see `DataOptions`.

    Raises:
        UsageError, DataRefused: as `check`.
    """
    collection = open_collection(Path(data), labels_optional=labels_optional, **options)
    embedder, missing = installed_embedder() if network else (None, "")
    if missing:
        collection = replace(collection, understood=(*collection.understood, missing))
    for sentence in collection.understood:
        tell(Event("note", sentence))

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "images looked at", done / max(1, total)))

    velocity = velocity_of(collection, probe=network)
    found = examine(collection, progress=progress, embedder=embedder, velocity=velocity)
    for finding in found.findings:
        if finding.severity != "info":
            tell(Event("note", f"{finding.severity}: {finding.message}"))
    return Checked(collection, found)


def write_page(
    checked: Checked,
    data: Path,
    *,
    out: str | Path | None = None,
    html: str | Path | None = None,
    tell: Listener = silent,
) -> None:
    """Write the report of the trial: ``findings.html`` in `out`, and the file `html`.

    Args:
        checked: a dataset that was put on trial.
        data: what was given as DATA; only its name is shown.
        out: study folder; None writes none.
        html: file; None writes none.
        tell: hears how it goes.

    Raises:
        StageFailed: the folder cannot be written.
    """
    from thirdeye.report.trial.page import trial_page

    tell(Event("stage", "Page"))
    page = trial_page(_trial(checked, data))
    for target in (None if out is None else Path(out) / PAGE_FILE, None if html is None else Path(html)):
        if target is not None:
            Study(target.parent).write_text(target.name, page)


def _trial(checked: Checked, data: Path) -> Trial:
    from importlib.metadata import version

    collection = checked.collection

    def look_at(reference: str) -> NDArray[np.generic] | None:
        return look(collection.root, reference)

    name = readable(as_reference(data.resolve().name))
    return Trial(collection, checked.examination, name, look_at, version("thirdeye-imaging"))


def findings_json(checked: Checked) -> dict[str, object]:
    """The content of ``findings.json``."""
    return {
        "version": FINDINGS_VERSION,
        "layout": checked.collection.layout,
        "understood": list(checked.collection.understood),
        "checks": [run.as_json() for run in checked.examination.runs],
        "findings": [finding.as_json() for finding in checked.examination.findings],
    }
