"""One series that holds what should be several: two patients, two directions, two sizes."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.series_columns import SOURCE, accused
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import counted, listed


@register_check("series.mixed", title="Series that mix patients or directions", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Two patients under one series UID are an error; several stacks of one patient are told."""
    patients = accused(exhibits, "series_patients")
    if len(patients):
        names = list(patients.index)
        yield Finding(
            check="series.mixed",
            severity="error",
            message=f"{counted(_series(exhibits, names), 'series holds', 'series hold')} images of more than "
            f"one patient: {listed(names, 4)}. They were split by patient, but somebody's images may bear "
            "somebody else's name.",
            cases=tuple(names),
            evidence={
                "about": {name: f"{number} patients in one series" for name, number in patients.items()}
            },
            remedy="Ask the archive whose images they are, or leave them out",
            source="DICOM PS3.3 A.1.2: a series is of one patient",
            fixes=tuple(Fix(name, "leave_out", "several patients in one series") for name in names),
        )
    parts = accused(exhibits, "series_parts")
    parts = parts[~parts.index.isin(patients.index)]
    if len(parts):
        names = list(parts.index)
        yield Finding(
            check="series.mixed",
            severity="info",
            message=f"{counted(_series(exhibits, names), 'series mixes', 'series mix')} directions, sizes, "
            f"echoes or times, and {counted(len(names), 'image was', 'images were')} made of them: "
            f"{listed(names, 4)}.",
            cases=tuple(names),
            evidence={"about": {name: f"one of {n} parts of its series" for name, n in parts.items()}},
            remedy="Check that each part is meant to be here",
            source=SOURCE,
        )


def _series(exhibits: Exhibits, names: list[str]) -> int:
    rows = exhibits.collection.rows
    return int(rows[rows["image"].isin(names)]["series"].nunique())
