"""What the doctor decided, as a result object says it beside the machine's opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Choice = Literal["keep", "change", "contest"]
SAID = {
    "keep": "Kept the first reading",
    "change": "Changed the first reading",
    "contest": "Contested the second opinion",
}


@dataclass(frozen=True)
class Decision:
    """The final word of a person on one case.

    Args:
        reader: who decided, as the archive shall show it ("Curie^Marie").
        choice: what became of the first reading.
        first: class to own probability before the opinion was shown, 0 to 1.
        final: class to probability after it.
        answer: the class decided for, in words; "" where probabilities say all.
        reason: for a change or a contest.
        organisation: of the reader; with `signed` the report is verified by them (PS3.3 C.17.2).
        signed: whether the reader has signed.
        at: when; None: now.
    """

    reader: str
    choice: Choice
    first: Mapping[str, float] = field(default_factory=dict)
    final: Mapping[str, float] = field(default_factory=dict)
    answer: str = ""
    reason: str = ""
    organisation: str = ""
    signed: bool = False
    at: datetime | None = None
