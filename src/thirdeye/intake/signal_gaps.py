"""Samples that were not taken, filled so that a signal is finite."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UnreadableFile

MAX_VALUES = 100_000_000  # of all channels together: 400 MB


def without_gaps(samples: NDArray[np.float32], name: str) -> tuple[NDArray[np.float32], int]:
    """Gaps filled with a straight line, and how many samples were missing.

    Args:
        samples: (C, T), NaN or infinite where there is none; changed in place.
        name: for messages.

    Raises:
        UnreadableFile: a channel has no sample at all.
    """
    missing = 0
    for channel in samples:
        gaps = ~np.isfinite(channel)
        count = int(gaps.sum())
        if count == len(channel):
            raise UnreadableFile(name, "has a channel without any sample")
        if count:
            places = np.arange(len(channel))
            channel[gaps] = np.interp(places[gaps], places[~gaps], channel[~gaps])
            missing += count
    return samples, missing


def refuse_length(values: float, name: str) -> None:
    """Refuse what does not fit into memory before it is unpacked.

    Raises:
        UnreadableFile: more than `MAX_VALUES` values, or none.
    """
    if values < 1:
        raise UnreadableFile(name, "holds no samples")
    if values > MAX_VALUES:
        raise UnreadableFile(
            name,
            f"holds {values:,.0f} samples, more than the limit of {MAX_VALUES:,}; cut it into shorter pieces",
        )
