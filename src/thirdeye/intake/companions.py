"""Files that belong to others: the samples beside a header, and text files that are signals."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from thirdeye.intake.formats.format import HEAD_BYTES
from thirdeye.intake.formats.signal_csv import SUFFIXES, recognise

# Ending of a header to the endings of what it leads to (WFDB: samples, and beats found by whom).
_LED = {
    ".hea": (".dat", ".mat", ".atr", ".ari", ".ecg", ".qrs", ".xws", ".breath", ".alarms"),
    ".hdr": (".img", ".img.gz"),
    ".mhd": (".raw", ".zraw"),
    ".nhdr": (".raw", ".raw.gz", ".gz"),
}


def led_to(image: str) -> tuple[str, ...]:
    """Where the samples of a header may lie, by its name; none of a file that holds its own."""
    return tuple(
        image[: -len(head)] + ending
        for head, endings in _LED.items()
        if image.lower().endswith(head)
        for ending in endings
    )


def without_companions(others: Sequence[str], images: Sequence[str]) -> list[str]:
    """The other files without those that a header among the images leads to.

    Args:
        others, images: paths below one folder.
    """
    led = {other for image in images for other in led_to(image)}
    slides = tuple(image[: -len(".mrxs")] + "/" for image in images if image.lower().endswith(".mrxs"))
    return [other for other in others if other not in led and not other.startswith(slides)]


def is_text_signal(folder: Path, relative: str) -> bool:
    """Whether a text file holds columns of numbers over time; a table of cases does not."""
    suffix = os.path.splitext(relative)[1].lower()  # noqa: PTH122 - a string, with any characters
    if suffix not in SUFFIXES:
        return False
    try:
        path = folder / relative
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return recognise(file.read(HEAD_BYTES), relative.lower())
    except OSError:
        return False
