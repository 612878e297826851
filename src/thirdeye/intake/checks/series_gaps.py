"""Series of slices from which some are missing, or whose distances differ."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.series_columns import SOURCE, accused
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import counted, listed


@register_check("series.gaps", title="Series with missing or uneven slices", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One finding for missing slices, one for uneven distances; such a series is not read as a volume."""
    missing = accused(exhibits, "slices_missing")
    if len(missing):
        total = int(missing.astype(int).sum())
        names = list(missing.index)
        yield Finding(
            check="series.gaps",
            severity="warning",
            message=f"{counted(len(missing), 'series lacks', 'series lack')} {counted(total, 'slice')}: "
            f"{listed(names, 4)}.",
            cases=tuple(names),
            evidence={
                "slices": total,
                "about": {name: f"{number} slices missing" for name, number in missing.items()},
            },
            remedy="Fetch the whole series from the archive, or leave it out",
            source=SOURCE,
            fixes=tuple(Fix(name, "leave_out", "slices are missing") for name in names),
        )
    uneven = accused(exhibits, "slices_uneven_mm")
    if len(uneven):
        names = list(uneven.index)
        yield Finding(
            check="series.gaps",
            severity="warning",
            message=f"{counted(len(uneven), 'series has', 'series have')} slices at uneven distances: "
            f"{listed(names, 4)}.",
            cases=tuple(names),
            evidence={"about": {name: f"slices {apart} mm apart" for name, apart in uneven.items()}},
            remedy="Use a reconstruction with even slices, or leave it out",
            source=SOURCE,
            fixes=tuple(Fix(name, "leave_out", "slices at uneven distances") for name in names),
        )
