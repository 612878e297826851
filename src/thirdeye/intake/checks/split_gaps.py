"""Rows for which the data name no part, beside others for which they do."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding


@register_check("split.unnamed", title="Rows without a part", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Such rows cannot be placed without guessing."""
    collection = exhibits.collection
    split = collection.rows["split"]
    unnamed = collection.rows["image"][split == ""]
    if unnamed.empty or len(unnamed) == len(split):
        return
    yield Finding(
        check="split.unnamed",
        severity="warning",
        message=f"{share(len(unnamed), len(split))} images name no part, although others do.",
        cases=tuple(unnamed),
        evidence={"count": len(unnamed)},
        remedy="They are left out. Fill in the split column, or let Third Eye draw it: --split-column none",
        source="Official splits are kept as they are",
    )
