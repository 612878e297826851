"""Names under which the columns of a reader study are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
# Of free-response readings: marks with ratings, and the lesions that they may hit.
MARK_COLUMNS = {
    **{role: COLUMNS[role] for role in ("reader", "case", "test", "rating")},
    "lesion": ("lesion", "lesion_id", "lesionid", "finding"),
    "mark": ("mark", "mark_type", "kind"),
    "weight": ("weight", "lesion_weight"),
    "radius": ("radius", "radius_mm", "radius_px"),
    "x": ("x", "x_mm", "x_px"),
    "y": ("y", "y_mm", "y_px"),
    "z": ("z", "z_mm", "slice"),
}


def recognised(columns: Iterable[str], role: str) -> str | None:
    """The column that plays a role of `COLUMNS`; None where there is none."""
    return recognised_in(COLUMNS, columns, role)


def recognised_in(table: Mapping[str, tuple[str, ...]], columns: Iterable[str], role: str) -> str | None:
    """The column that plays a role of `table`; None where there is none."""
    known = {column.lower().strip().replace(" ", "_"): column for column in columns}
    return next((known[word] for word in table[role] if word in known), None)
