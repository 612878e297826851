"""A signal: an image in one dimension, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Signal:
    """Samples of one or more channels, taken at one rate.

    Args:
        samples: (C, T) float32 in physical units, finite.
        rate_hz: samples a second, above 0.
        channels: C names ("II", "V1"); "" where unknown.
        units: C units ("mV"); "" where unknown.
        source: the file as the user knows it, relative to the data.
        attributes: other facts that came with it.
    """

    samples: NDArray[np.float32]
    rate_hz: float
    channels: tuple[str, ...]
    units: tuple[str, ...]
    source: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """From the first sample to one period after the last."""
        return self.samples.shape[1] / self.rate_hz
