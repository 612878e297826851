"""What a study asks a reader: the probability of its positive class, a class, or places."""

from __future__ import annotations

from typing import Any

AS_READ = ("confirmed", "refuted")
LOCATED = ("segmentation", "detection", "landmarks")


def choices(row: Any) -> tuple[str, ...]:
    """The classes among which a reader names one; none where a single class is asked for, or places are.

    Args:
        row: with the columns ``task``, ``positive`` and ``classes`` of the study.
    """
    if row.positive is not None or row.task in LOCATED:
        return ()
    return tuple(row.classes)


def outcomes(row: Any) -> tuple[str, ...]:
    """What the truth of a case may be: a class; of places, whether they were as they were read."""
    return AS_READ if row.task in LOCATED else tuple(row.classes)


def agree(one: Any, other: Any, *, within: float) -> bool:
    """Whether two readings or decisions say the same.

    Args:
        one, other: with ``answer`` and ``probability``.
        within: difference of the probabilities from which they differ.
    """
    return bool(one.answer == other.answer and abs(one.probability - other.probability) < within)
