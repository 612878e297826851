"""Names under which the columns of a reader study are known."""

from __future__ import annotations

from collections.abc import Iterable

COLUMNS = {
    "reader": ("reader", "readerid", "reader_id", "radiologist", "rater", "observer"),
    "case": ("case", "caseid", "case_id", "image", "study", "exam"),
    "test": ("test", "arm", "modality", "modalityid", "treatment", "condition", "mode"),
    "truth": ("truth", "label", "diseased", "disease", "reference", "cancer", "cancerstatus"),
    "rating": ("rating", "score", "confidence", "probability", "suspicion"),
    "initial": ("initial", "first", "initial_decision", "first_decision"),
    "machine": ("machine", "ai", "model", "cad", "ai_decision"),
    "final": ("final", "last", "final_decision"),
    "seconds": ("seconds", "duration_s", "time_s", "reading_time"),
}


def recognised(columns: Iterable[str], role: str) -> str | None:
    """The column that plays a role of `COLUMNS`; None where there is none."""
    known = {column.lower().strip().replace(" ", "_"): column for column in columns}
    return next((known[word] for word in COLUMNS[role] if word in known), None)
