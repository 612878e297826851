"""A picture of a signal: the spectrogram of a sound, the curves of anything slower."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.signal import Signal

HEIGHT_PX = 256
WIDTH_PX = 512
_SOUND_HZ = 1000.0  # from here on a curve shows nothing to the eye
_RANGE_DB = 80.0
_MOST_CURVES = 16


def signal_picture(item: Signal) -> Image:
    """8-bit grey, 256 x 512 or a little less: time runs to the right.

    A sound (1,000 Hz and more) is shown as the logarithm of its power, 80 dB from black to white, low
    frequencies at the bottom, its channels averaged; other signals as curves, one under the other.
    """
    is_sound = item.rate_hz >= _SOUND_HZ and item.samples.shape[1] >= HEIGHT_PX
    pixels = _spectrogram(item) if is_sound else _curves(item.samples)
    return Image(pixels=pixels, bits=8, source=item.source, attributes=dict(item.attributes))


def _spectrogram(item: Signal) -> NDArray[np.uint8]:
    from scipy.signal import spectrogram  # deferred: scipy.signal costs 0.3 s

    length = item.samples.shape[1]
    window = min(HEIGHT_PX * 2, length)
    step = max(1, (length - window) // WIDTH_PX)
    _, _, power = spectrogram(
        item.samples, item.rate_hz, nperseg=window, noverlap=max(0, window - step), detrend="constant"
    )
    decibel = 10 * np.log10(np.maximum(power.mean(axis=0), 1e-20))[1:]
    top = float(decibel.max())
    shown = np.clip((decibel - top + _RANGE_DB) / _RANGE_DB, 0, 1)[::-1]
    columns = np.linspace(0, shown.shape[1] - 1, min(WIDTH_PX, shown.shape[1])).round().astype(int)
    return np.rint(255 * shown[:, columns]).astype(np.uint8)


def _curves(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Each channel in a band of its own, over its own range; in each column from lowest to highest value."""
    shown = samples[:_MOST_CURVES]
    band = HEIGHT_PX // len(shown)
    width = min(WIDTH_PX, shown.shape[1])
    picture = np.zeros((band * len(shown), width), np.uint8)
    starts = np.linspace(0, shown.shape[1], width + 1).astype(int)[:-1]
    rows = np.arange(band)[:, None]
    for index, channel in enumerate(shown):
        low, high = np.minimum.reduceat(channel, starts), np.maximum.reduceat(channel, starts)
        low[1:] = np.minimum(low[1:], high[:-1])  # a curve goes on from one column to the next
        span = max(float(channel.max() - channel.min()), 1e-12)
        top = (band - 1) * (1 - (high - channel.min()) / span)
        bottom = (band - 1) * (1 - (low - channel.min()) / span)
        inside = (rows >= np.floor(top)) & (rows <= np.ceil(bottom))
        picture[index * band : (index + 1) * band][inside] = 255
    return picture
