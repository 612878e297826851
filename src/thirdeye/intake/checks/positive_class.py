"""Which class counts as diseased, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.collection import Collection
from thirdeye.intake.finding import Finding


@CHECKS.register("class.positive")
def check(collection: Collection, facts: pd.DataFrame) -> Iterator[Finding]:
    """Information; a warning where only the custom of 0 and 1 speaks for it."""
    if collection.positive is None:
        return
    positive, certain = collection.positive, collection.positive_is_certain
    doubt = "" if certain else " That is custom only: some published sets mean the disease by 0."
    yield Finding(
        check="class.positive",
        severity="info" if certain else "warning",
        message=f"'{positive}' counts as positive: sensitivity is the share of '{positive}' "
        f"that is found.{doubt}",
        evidence={"positive": positive, "classes": list(collection.classes), "certain": certain},
        remedy="If the other class is the disease, say --positive",
        source="DESIGN 5.2: the positive class is never the first in the alphabet",
    )
