"""Boxes and points whose class nothing names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import listed

_NUMBERED = re.compile(r"class -?[0-9]+$")
_RARE = 5


@register_check("region.class", title="Classes of boxes and points", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Numbers without a name beside others that have one, blanks beside names, and names used hardly ever."""
    regions = exhibits.collection.regions
    if regions.empty:
        raise NotApplicable("there are no boxes or points")
    numbered = regions["name"].str.match(_NUMBERED)
    blank = regions["name"] == ""
    unknown = regions[numbered | blank]
    if len(unknown) and len(unknown) < len(regions):
        names = sorted(set(unknown["name"]) - {""}) + (["(blank)"] if blank.any() else [])
        yield Finding(
            check="region.class",
            severity="warning",
            message=f"{share(len(unknown), len(regions))} annotations are of a class that nothing names: "
            f"{listed(names, 8)}.",
            cases=cases(unknown["image"]),
            evidence={"classes": {str(n): int(c) for n, c in unknown["name"].value_counts().items()}},
            remedy="Complete the list of names, or correct the class numbers (some tools count from 1, not "
            "0)",
            source="Every class number has a name",
        )
    counts = regions["name"][~numbered & ~blank].value_counts()
    rare = counts[counts < _RARE]
    if len(rare) and len(counts) > len(rare) and regions["kind"].iloc[0] == "box":
        shown = listed([f"{name} ({number})" for name, number in rare.items()], 8)
        yield Finding(
            check="region.class",
            severity="warning",
            message=f"Fewer than {_RARE} boxes of: {shown}.",
            cases=cases(regions["image"][regions["name"].isin(rare.index)]),
            evidence={"counts": {str(name): int(number) for name, number in rare.items()}},
            remedy="Check the spelling; a class so rare can be neither learnt nor tested",
            source="A class needs cases in the training, validation and test parts",
        )
