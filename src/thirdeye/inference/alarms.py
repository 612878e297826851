"""At which threshold a reader of boxes shows what it found: how many false alarms an image are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from thirdeye.errors import UsageError

RATES = {"1/4": "fp_per_image_1_4", "1": "fp_per_image_1", "4": "fp_per_image_4"}


def show_at(reader: Any, alarms: str | None) -> None:
    """Set the threshold of an opened reader; None leaves it.

    Args:
        reader: of whatever task.
        alarms: a name in `RATES`: false alarms an image.

    Raises:
        UsageError: there is no such rate, the reader finds no boxes, or has no such threshold.
    """
    if alarms is None:
        return
    if alarms not in RATES:
        raise UsageError(f"'{alarms}' is no rate of false alarms an image; choose {', '.join(RATES)}")
    if not hasattr(reader, "at_point"):
        task = getattr(getattr(reader, "manifest", None), "task", "several readers")
        raise UsageError(f"false alarms an image are for readers of boxes, and this one's task is {task}")
    reader.at_point(RATES[alarms])


@contextmanager
def showing_at(reader: Any, alarms: str | None) -> Iterator[None]:
    """The same for as long as the block lasts; raises as `show_at`."""
    before = getattr(reader, "point", None)
    show_at(reader, alarms)
    try:
        yield
    finally:
        if alarms is not None:
            reader.point = before
