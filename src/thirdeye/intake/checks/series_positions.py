"""Several slices at one place, and files that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.series_columns import SOURCE, accused
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import counted, listed


@register_check("series.positions", title="Slices at the same place", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Slices that nothing tells apart are no volume; a file that is there twice was read once."""
    repeated = accused(exhibits, "positions_repeated")
    if len(repeated):
        names = list(repeated.index)
        yield Finding(
            check="series.positions",
            severity="warning",
            message=f"In {counted(len(repeated), 'series', 'series')} several slices lie at the same place, "
            f"and neither echo, b-value, time nor acquisition tells them apart: {listed(names, 4)}.",
            cases=tuple(names),
            evidence={
                "about": {name: f"{number} slices repeat a place" for name, number in repeated.items()}
            },
            remedy="Split the series by what it mixes, or leave it out",
            source=SOURCE,
            fixes=tuple(Fix(name, "leave_out", "slices at the same place") for name in names),
        )
    copied = accused(exhibits, "files_copied")
    if len(copied):
        names = list(copied.index)
        yield Finding(
            check="series.positions",
            severity="info",
            message=f"{counted(int(copied.astype(int).sum()), 'file is', 'files are')} there twice (same SOP "
            f"instance UID); one of each was read: {listed(names, 4)}.",
            cases=tuple(names),
            evidence={"about": {name: f"{number} files twice" for name, number in copied.items()}},
            remedy="Nothing needs doing",
            source=SOURCE,
        )
