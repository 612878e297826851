"""A few colour pictures among grey ones, or the other way round; a few of other bits."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

NAME = "outlier.colour"
FEW = 0.10
_SOURCE = "Mixtures of colour models and bits mostly mean mixed sources"


@register_check(NAME, title="Colour and bits", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """The rare kind, where it is at most a tenth of the set."""
    facts = exhibits.facts.loc[exhibits.rows.index]
    facts = facts[facts["kind"] == "image"]
    colour = facts["is_colour"].map({True: "in colour", False: "grey"})
    bits = facts["bits"].map(lambda held: "of floating-point values" if held == 32 else f"of {held} bits")
    yield from _rare(
        colour,
        "Look whether they are screenshots or carry coloured marks; grey ones among "
        "colour are "
        "shown to a network as grey in all three channels",
    )
    yield from _rare(
        bits, "Look whether they were exported in another way; their grey values may mean something else"
    )


def _rare(kinds: pd.Series, remedy: str) -> Iterator[Finding]:
    counts = kinds.value_counts()
    for kind, count in counts.iloc[1:].items():
        if count > FEW * len(kinds):
            continue
        images = tuple(kinds.index[(kinds == kind).to_numpy()])
        yield Finding(
            check=NAME,
            severity="info",
            message=f"{share(len(images), len(kinds))} images are {kind}, the others mostly "
            f"{counts.index[0]}.",
            cases=images,
            evidence={"counts": {str(name): int(n) for name, n in counts.items()}},
            remedy=remedy,
            source=_SOURCE,
        )
