"""Thumbnails of the accused, within a budget of pictures and of time."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thirdeye.report.trial.evidence import Place
from thirdeye.report.trial.outlines import Outlines
from thirdeye.report.trial.trial import Trial

SIDE_PX = 200
MOST_PICTURES = 300
SECONDS = 45.0
_QUALITY = 80
_PERCENTILES = (0.5, 99.5)


@dataclass
class PictureBook:
    """Loads each picture once, as long as pictures and time are left.

    Args:
        trial: where pictures come from.
        outlines: draws annotations over them.
        left: pictures that may still be put on the page.
        until: moment of `time.monotonic` after which none is loaded any more.
    """

    trial: Trial
    outlines: Outlines
    left: int = MOST_PICTURES
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    _kept: dict[tuple[str, bool, tuple[Place, ...]], bytes | None] = field(default_factory=dict)

    def take(self, image: str, *, annotated: bool = False, accused: Sequence[Place] = ()) -> bytes | None:
        """JPEG of an image; None where there is no more.

        Args:
            image: reference.
            annotated: whether its annotations are drawn over it.
            accused: boxes to point at.
        """
        if self.left <= 0:
            return None
        key = (image, annotated, tuple(accused))
        if key not in self._kept:
            self._kept[key] = self._load(image, annotated, accused)
        self.left -= self._kept[key] is not None
        return self._kept[key]

    def _load(self, image: str, annotated: bool, accused: Sequence[Place]) -> bytes | None:
        if time.monotonic() > self.until:
            return None
        pixels = self.trial.look(image)
        if pixels is None:
            return None
        small = shrunk(pixels)
        if annotated:
            small = self.outlines.over(image, small, pixels.shape[:2], accused)
        return jpeg(small)


def shrunk(pixels: NDArray[np.generic], side_px: int = SIDE_PX) -> NDArray[np.uint8]:
    """The picture in 8 bits, its longer side at most `side_px`; 8-bit pictures keep their brightness."""
    import PIL.Image

    shown = _eight_bits(pixels)
    height, width = shown.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(PIL.Image.fromarray(shown).resize(size, PIL.Image.Resampling.BOX, reducing_gap=3.0))


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W) or (H, W, 3) as a JPEG file without any metadata."""
    import PIL.Image

    stream = io.BytesIO()
    PIL.Image.fromarray(pixels).save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return stream.getvalue()


def _eight_bits(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """8 bits as they are; what is deeper is stretched between percentiles."""
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    values = pixels.astype(np.float32)
    low, high = np.percentile(values[:: max(1, len(values) // 512)], _PERCENTILES)
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    return np.rint(np.clip((values - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def shares(wishes: Sequence[int], total: int) -> list[int]:
    """How many pictures each finding gets when all together wish for more than there are.

    Small wishes are met whole; what is left is shared evenly among the others, the first of them first.
    """
    granted = [0] * len(wishes)
    open_wishes = {position: wish for position, wish in enumerate(wishes) if wish > 0}
    while open_wishes and total > 0:
        each = max(1, total // len(open_wishes))
        for position, wish in list(open_wishes.items()):
            given = min(each, wish, total)
            granted[position] += given
            total -= given
            open_wishes[position] -= given
            if open_wishes[position] == 0:
                del open_wishes[position]
    return granted
