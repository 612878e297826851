"""What is done to MR images before a network sees them: bias field away, all but the brain blackened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.transform.bias_field import without_bias_field
from thirdeye.transform.head_mask import brain_mask, head_mask

CORRECTIONS = ("bias_field", "brain")

Array = NDArray[np.float32]


def corrected(values: Array, corrections: Sequence[str], spacing: Sequence[float]) -> Array:
    """Every channel with its corrections.

    Args:
        values: (C, ...) as the file has them.
        corrections: of `CORRECTIONS`, in the order in which they are done.
        spacing: distance of places along the axes of a channel, mm.

    Raises:
        UsageError: an unknown correction.
    """
    unknown = [name for name in corrections if name not in CORRECTIONS]
    if unknown:
        raise UsageError(f"no correction is called '{unknown[0]}'; there are {', '.join(CORRECTIONS)}")
    for name in corrections:
        values = np.stack([_corrected(channel, name, spacing) for channel in values])
    return values


def _corrected(channel: Array, name: str, spacing: Sequence[float]) -> Array:
    if name == "bias_field":
        return without_bias_field(channel, head_mask(channel))
    return np.where(brain_mask(channel, spacing), channel, channel.min()).astype(np.float32)
