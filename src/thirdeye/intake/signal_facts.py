"""What is measured of a signal beside what is measured of its picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.signal import Signal

MAINS_HZ = (50.0, 60.0)
_LEAST_RUN = 3  # samples in a row at an extreme that count as clipped


def signal_facts(item: Signal) -> dict[str, float | str]:
    """Further columns of the facts; of a recording the worst channel counts.

    Returns:
        ``duration_s``; ``clipped_share``: samples in runs of three or more at the highest or lowest value,
        0 to 1; ``flat_share``: the longest stretch without any change, 0 to 1 of the recording;
        ``mains_share``: part of the power between 0.5 and 100 Hz that lies within 1 Hz of 50 or 60 Hz (NaN
        where the rate is too low); ``mains_hz``: which of the two; ``channels``, ``units``: joined by bars.
    """
    share, hertz = _mains(item)
    return {
        "duration_s": item.duration_s,
        "clipped_share": max(_clipped(channel) for channel in item.samples),
        "flat_share": max(_flat(channel) for channel in item.samples),
        "mains_share": share,
        "mains_hz": hertz,
        "channels": "|".join(item.channels),
        "units": "|".join(item.units),
    }


def _clipped(channel: NDArray[np.float32]) -> float:
    if channel.max() == channel.min():
        return 0.0  # flat, not clipped
    count = 0
    for extreme in (channel.max(), channel.min()):
        runs = _runs(channel == extreme)
        count += int(runs[runs >= _LEAST_RUN].sum())
    return count / len(channel)


def _flat(channel: NDArray[np.float32]) -> float:
    if len(channel) < 2:
        return 1.0
    runs = _runs(np.diff(channel) == 0)
    return float((runs.max() + 1) / len(channel)) if len(runs) else 0.0


def _runs(true: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Lengths of the stretches of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], true.astype(np.int8), [0]])))
    return edges[1::2] - edges[::2]


def _mains(item: Signal) -> tuple[float, float]:
    """Share of the power at the mains frequency, and which it is."""
    length = item.samples.shape[1]
    if item.rate_hz < 2.5 * min(MAINS_HZ) or length < item.rate_hz:
        return float("nan"), float("nan")
    from scipy.signal import welch

    window = min(length, int(4 * item.rate_hz))
    frequencies, power = welch(item.samples, item.rate_hz, nperseg=window)
    band = (frequencies >= 0.5) & (frequencies <= 100)
    whole = power[:, band].sum(axis=1)
    shares = {
        hertz: float(
            (power[:, np.abs(frequencies - hertz) <= 1].sum(axis=1) / np.maximum(whole, 1e-30)).max()
        )
        for hertz in MAINS_HZ
        if item.rate_hz > 2 * hertz + 2
    }
    hertz = max(shares, key=lambda one: shares[one])
    return min(1.0, shares[hertz]), hertz
