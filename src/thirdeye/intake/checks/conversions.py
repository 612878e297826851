"""Images that had to be turned into grey or RGB, and mixtures that may betray the class."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.collection import Collection
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted


@CHECKS.register("image.converted")
def check(collection: Collection, facts: pd.DataFrame) -> Iterator[Finding]:
    """What was done to palette, transparent, CMYK and turned images, so that nothing happens in silence."""
    for words, group in facts[facts["converted"] != ""].groupby("converted"):
        yield Finding(
            check="image.converted",
            severity="info",
            message=f"{counted(len(group), 'image')}: {words}.",
            cases=tuple(group.index),
            evidence={"conversion": str(words), "count": len(group)},
            remedy="Nothing needs doing",
            source="Networks see grey or RGB",
        )
