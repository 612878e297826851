"""One picture for everything that can be read, so that every check can look at it."""

from __future__ import annotations

from thirdeye.case.image import Image
from thirdeye.case.signal import Signal
from thirdeye.case.volume import Volume
from thirdeye.intake.signal_picture import signal_picture
from thirdeye.intake.volume_picture import slice_picture


def picture_of(item: Image | Volume | Signal) -> Image:
    """The image itself; of a volume its central slice, of a signal its spectrogram or curves."""
    if isinstance(item, Image):
        return item
    if isinstance(item, Volume):
        return slice_picture(item)
    return signal_picture(item)
