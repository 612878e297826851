"""Images that had to be turned into grey or RGB, and mixtures that may betray the class."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted


@register_check("image.converted", title="Pictures that were converted", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """What was done to palette, transparent, CMYK and turned images, so that nothing happens in silence."""
    facts = exhibits.facts
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
