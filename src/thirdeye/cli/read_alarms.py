"""At which threshold a reader of boxes shows what it found, for ``thirdeye read``."""

from __future__ import annotations

from typing import Any

import click

from thirdeye.errors import UsageError
from thirdeye.inference.alarms import RATES, show_at

alarms_option = click.option(
    "--false-alarms",
    "alarms",
    type=click.Choice(list(RATES)),
    help="Of a reader of boxes: show what reaches the threshold for so many false alarms an image.  [1]",
)


def asked_for(reader: Any, alarms: str | None) -> None:
    """Set the threshold of an opened reader; None leaves it.

    Raises:
        UsageError: it finds no boxes, or has no such threshold.
    """
    if alarms is not None and not hasattr(reader, "at_point"):
        task = getattr(getattr(reader, "manifest", None), "task", "to read with several readers")
        raise UsageError(
            f"--false-alarms is for readers of boxes, and this one's task is {task}; leave it out"
        )
    show_at(reader, alarms)
