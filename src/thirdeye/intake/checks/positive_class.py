"""Which class counts as diseased, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding


@register_check("class.positive", title="Which class is the disease", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Information; a warning where only the custom of 0 and 1 speaks for it."""
    collection = exhibits.collection
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
