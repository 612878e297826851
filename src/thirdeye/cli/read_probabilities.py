"""Whether probability maps are written as well, for ``thirdeye read``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.errors import UsageError

probabilities_option = click.option(
    "--probabilities",
    is_flag=True,
    help="With --out: also write how probable each structure is in each place, as floats on the image's own "
    "grid. For readers that mark structures, and for those of boxes that slide a network of patches.",
)


def ask_for_maps(reader: Any, folder: Path | None) -> None:
    """Have an opened reader keep its probability maps.

    Raises:
        UsageError: nothing is written, or the reader makes no such maps.
    """
    if folder is None:
        raise UsageError("--probabilities writes files: name a folder for them with --out")
    if not hasattr(reader, "keep_probabilities"):
        raise UsageError(
            "--probabilities is for readers that tell of every place how probable a structure is, and this "
            f"one's task is {reader.manifest.task}; leave it out"
        )
    reader.keep_probabilities()
