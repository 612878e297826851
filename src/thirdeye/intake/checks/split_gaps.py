"""Rows for which the data name no part, beside others for which they do."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import CHECKS, share
from thirdeye.intake.collection import Collection
from thirdeye.intake.finding import Finding


@CHECKS.register("split.unnamed")
def check(collection: Collection, facts: pd.DataFrame) -> Iterator[Finding]:
    """Such rows cannot be placed without guessing."""
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
