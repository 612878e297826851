"""Series scanned with a tilted gantry: their voxels are sheared."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.series_columns import SOURCE, accused
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, listed


@register_check("series.tilt", title="Gantry tilt", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """The affine holds the shear exactly; what ignores it (a viewer, a network) sees leaning anatomy."""
    tilted = accused(exhibits, "gantry_tilt_deg")
    if tilted.empty:
        return
    names = list(tilted.index)
    angles = tilted.astype(float)
    yield Finding(
        check="series.tilt",
        severity="info" if angles.max() < 5 else "warning",
        message=f"{counted(len(tilted), 'series was', 'series were')} scanned with a tilted gantry "
        f"({angles.min():.1f} to {angles.max():.1f} degrees): {listed(names, 4)}.",
        cases=tuple(names),
        evidence={"about": {name: f"tilted by {angle} degrees" for name, angle in tilted.items()}},
        remedy="Resample them to a straight grid before voxels are compared; the geometry is kept exactly",
        source=SOURCE,
    )
