"""Masks that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases, masks_of
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import shown_name


@register_check("mask.unreadable", title="Masks that cannot be read", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning; the images of such masks are as good as unlabelled."""
    masks = masks_of(exhibits)
    broken = masks[masks["error"] != ""]
    if broken.empty:
        return
    first = broken.iloc[0]
    yield Finding(
        check="mask.unreadable",
        severity="warning",
        message=f"{share(len(broken), len(masks))} masks cannot be read, for example "
        f"'{shown_name(first['mask'])}': {first['error']}.",
        cases=cases(broken["image"]),
        evidence={"about": {row["image"]: f"{row['mask']}: {row['error']}" for _, row in broken.iterrows()}},
        remedy="Export these masks again, or leave their images out",
        source="A damaged file is usually a broken download or export",
        fixes=tuple(Fix(image, "leave_out", "its mask cannot be read") for image in cases(broken["image"])),
    )
