"""Everything that is measured of one image while it is in memory; runs in a worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

import thirdeye.intake.gauges  # noqa: F401 - enters the gauges into the registry
from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.exhibits import THUMBNAIL_PX
from thirdeye.intake.facts import ImageFacts, facts_of_item
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.picture import picture_of
from thirdeye.intake.pixels import load

_PERCENTILES = (0.5, 99.5)


@dataclass(frozen=True)
class Measured:
    """What is kept of one image.

    Args:
        facts: fields of `ImageFacts`, and the columns of every gauge.
        thumbnail: (64, 64) uint8, see `Exhibits`; None where it cannot be read.
    """

    facts: dict[str, Any]
    thumbnail: NDArray[np.uint8] | None


def measure_all_of(root: Path, reference: str) -> Measured:
    """Facts, gauges and thumbnail of one image; an unreadable one is a fact too, not an exception."""
    try:
        item = load(root, reference)
        picture = picture_of(item)
    except UnreadableFile as error:
        return Measured(asdict(ImageFacts(image=reference, error=error.reason)), None)
    facts = asdict(facts_of_item(reference, item))
    for _, gauge in GAUGES:
        facts.update(gauge(picture))
    return Measured(facts, thumbnail(picture))


def thumbnail(image: Image, size_px: int = THUMBNAIL_PX) -> NDArray[np.uint8]:
    """(S, S) grey, the picture squashed to a square, percentiles 0.5 to 99.5 over the full range."""
    pixels = image.pixels if image.pixels.ndim == 2 else image.pixels.mean(axis=2)
    small = PIL.Image.fromarray(pixels.astype(np.float32)).resize(
        (size_px, size_px), PIL.Image.Resampling.BOX, reducing_gap=3.0
    )
    values = np.asarray(small)
    low, high = np.percentile(values, _PERCENTILES)
    if high <= low:
        return np.zeros((size_px, size_px), np.uint8)
    return np.rint(np.clip((values - low) / (high - low), 0, 1) * 255).astype(np.uint8)
