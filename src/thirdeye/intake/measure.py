"""Everything that is measured of one image while it is in memory; runs in a worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import thirdeye.intake.gauges  # noqa: F401 - enters the gauges into the registry
from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.facts import ImageFacts, facts_of_item
from thirdeye.intake.formats.format import Item
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.picture import picture_of
from thirdeye.intake.pixels import load
from thirdeye.intake.signal_facts import signal_facts
from thirdeye.intake.slide_facts import is_slide, slide_facts
from thirdeye.intake.thumbnail import small_picture, thumbnail


@dataclass(frozen=True)
class Measured:
    """What is kept of one image.

    Args:
        facts: fields of `ImageFacts`, and the columns of every gauge.
        thumbnail: (64, 64) uint8, see `Exhibits`; None where it cannot be read.
        small: (S, S, 3) uint8 for an embedder; None where none was asked for or it cannot be read.
    """

    facts: dict[str, Any]
    thumbnail: NDArray[np.uint8] | None
    small: NDArray[np.uint8] | None = None


def unreadable(reference: str, reason: str) -> Measured:
    """What is kept of a file that cannot be read."""
    return Measured(asdict(ImageFacts(image=reference, error=reason)), None)


def measure_all_of(root: Path, reference: str, small_px: int = 0) -> Measured:
    """Facts, gauges and thumbnail of one image; an unreadable one is a fact too, not an exception.

    Args:
        root, reference: see `thirdeye.intake.pixels.load`.
        small_px: side of the square for an embedder; 0: none.

    Raises:
        MemoryError: it does not fit into memory, also where a reader says so as `UnreadableFile`.
    """
    try:
        return _measure(reference, load(root, reference), small_px)
    except UnreadableFile as error:
        if isinstance(error.__cause__, MemoryError):
            raise MemoryError from error
        return unreadable(reference, error.reason)


def measure_loaded(reference: str, item: Item | None, reason: str, small_px: int = 0) -> Measured:
    """The same of what somebody else has read, or could not read for a reason."""
    return unreadable(reference, reason) if item is None else _measure(reference, item, small_px)


def _measure(reference: str, item: Item, small_px: int) -> Measured:
    picture = picture_of(item)
    facts = asdict(facts_of_item(reference, item))
    if isinstance(item, Signal):
        facts.update(signal_facts(item))
    if is_slide(item):
        facts.update(slide_facts(picture))
    for _, gauge in GAUGES:
        facts.update(gauge(picture))
    return Measured(facts, thumbnail(picture), small_picture(picture, small_px) if small_px else None)
