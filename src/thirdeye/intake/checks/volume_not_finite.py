"""Volumes with voxels that are no numbers."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.volume_rows import volumes_among
from thirdeye.intake.words import counted, shown_name


@register_check("volume.not_finite", title="Voxels that are no numbers", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """NaN or infinity, as statistics and resampling leave outside the brain; they count as 0 here."""
    volumes = volumes_among(exhibits.facts)
    sizes = volumes[["width", "height", "depth", "channels"]].prod(axis=1)
    held = volumes[volumes["not_finite"] > 0]
    if held.empty:
        return
    worst = held["not_finite"].idxmax()
    yield Finding(
        check="volume.not_finite",
        severity="warning",
        message=f"{share(len(held), len(volumes))} volumes hold voxels that are no numbers "
        f"(NaN or infinity), most of them '{shown_name(worst)}' "
        f"({share(int(held.loc[worst, 'not_finite']), int(sizes[worst]))} voxels).",
        cases=tuple(held.index),
        evidence={"about": {str(i): counted(int(n), "such voxel") for i, n in held["not_finite"].items()}},
        remedy="They count as 0 here. Write what is meant into the files: other software stops at them",
        source="One NaN makes every sum over a volume NaN (nnU-Net's verify_dataset_integrity asks too)",
    )
