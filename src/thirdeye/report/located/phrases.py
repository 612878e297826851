"""Phrases that masks, boxes and points share."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.intake.words import joined_by_and
from thirdeye.report.clean import shorten
from thirdeye.report.numbers import count, is_number
from thirdeye.report.sets import EvidenceSet

_NAMED = 3


def listed(names: Sequence[str], *, noun: str = "structures") -> str:
    """“a”, “b” and “c”; from four on their number, with the first of them."""
    shown = [f"“{shorten(name, 40)}”" for name in names]
    if len(shown) > _NAMED:
        return f"{len(shown)} {noun} ({', '.join(shorten(name, 24) for name in names[:_NAMED])}, …)"
    return joined_by_and(shown) or f"the {noun}"


def counted(part: EvidenceSet) -> str:
    """How many cases the figures rest on."""
    n, patients = part.content.get("n"), part.content.get("n_patients")
    rows = count(n, part.unit) if isinstance(n, int) else f"an unrecorded number of {part.units}"
    of = f" of {count(patients, part.cluster)}" if isinstance(patients, int) and patients != n else ""
    return f"Measured on {rows}{of} that took no part in training."


def in_hundredths(value: object) -> str:
    """A share as a percentage without decimals; "an unknown share" where there is none."""
    return f"{100 * float(value):.0f}%" if is_number(value) else "an unknown share"  # type: ignore[arg-type]
