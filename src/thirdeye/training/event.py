"""What a running stage tells whoever watches: a terminal, a notebook, a log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Event:
    """One message.

    Args:
        kind: "stage" (a stage begins), "progress" (share of it done), "figure" (a validated figure),
            "note" (anything else worth a line).
        text: for a person.
        done: share of the stage that is finished, 0 to 1, where known.
        remaining_s: estimate of the time left in the stage, where known.
    """

    kind: Literal["stage", "progress", "figure", "note"]
    text: str
    done: float | None = None
    remaining_s: float | None = None


Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """A listener that hears nothing."""
