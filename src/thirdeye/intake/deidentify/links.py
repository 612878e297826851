"""Which file became which: the table that leads back, for its owner's eyes only."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from thirdeye.dicom.deidentify.key import write_private
from thirdeye.intake.deidentify.folder import Entry

COLUMNS = ("source", "status", "written", "patient", "reason")


def write_links(path: Path, entries: Sequence[Entry]) -> None:
    """Write a new CSV of mode 600, one row per file of the source.

    Raises:
        StageFailed: it exists already, or cannot be written.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        outcome = entry.outcome
        writer.writerow((entry.source, outcome.status, outcome.written, outcome.patient, outcome.reason))
    write_private(path, buffer.getvalue())
