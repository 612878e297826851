"""Images that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import leave_out
from thirdeye.intake.words import shown_name

_TOO_MANY = 0.5


@register_check("file.unreadable", title="Files that cannot be read", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning for some, error for half or more: then the data are not what they seem."""
    facts = exhibits.facts
    broken = facts[facts["error"] != ""]
    if broken.empty:
        return
    first = broken.index[0]
    blocks = len(broken) >= _TOO_MANY * len(facts)
    yield Finding(
        check="file.unreadable",
        severity="error" if blocks else "warning",
        message=f"{share(len(broken), len(facts))} images cannot be read, "
        f"for example '{shown_name(first)}': {broken.iloc[0]['error']}.",
        cases=tuple(broken.index),
        evidence={"reasons": {str(image): str(reason) for image, reason in broken["error"].items()}},
        remedy="Fetch or export these files again"
        if blocks
        else "They are left out. Fetch or export them again if they matter",
        source="A damaged file is usually a broken download or export",
        fixes=leave_out(broken.index, "cannot be read"),
    )
