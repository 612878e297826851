"""Images with one value only."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import leave_out
from thirdeye.intake.words import shown_name


def is_constant(facts: pd.DataFrame) -> pd.Series:
    """True for readable images all of whose pixels are equal."""
    return (facts["error"] == "") & (facts["minimum"] == facts["maximum"])


@register_check("image.constant", title="Pictures that show nothing", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Nothing can be learnt from an image without any contrast."""
    facts = exhibits.facts
    blank = facts[is_constant(facts)]
    if blank.empty:
        return
    blocks = len(blank) >= 0.5 * len(facts)
    yield Finding(
        check="image.constant",
        severity="error" if blocks else "warning",
        message=f"{share(len(blank), len(facts))} images show nothing: every pixel has the same value, "
        f"for example '{shown_name(blank.index[0])}'.",
        cases=tuple(blank.index),
        evidence={"values": {str(image): float(value) for image, value in blank["minimum"].items()}},
        remedy="Look at how these images were exported"
        if blocks
        else "They are left out, except from an official test part. Look at how they were exported",
        source="An image without contrast holds no evidence",
        fixes=leave_out(blank.index, "shows nothing"),
    )
