"""Where a network is wrong: it reads the images it learnt from, and its false peaks become hard negatives.

Source: Ciresan et al. (MICCAI 2013): a first network reads the training images densely, and the second learns
from places drawn by how much they looked like what is sought.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.sliding.cases import HardPlaces, SlidingCase
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings, peaks_of
from thirdeye.transform.sliding.tiles import Run

LEAST = 0.1  # probability from which a false peak is hard
MOST_AN_IMAGE = 50

Rows = NDArray[np.int64]


def mine(
    cases: Sequence[SlidingCase],
    rows: Rows,
    run: Run,
    how: SlidingSettings,
    *,
    deadline: float,
    rng: np.random.Generator,
    on_image: Callable[[float], None] | None = None,
) -> tuple[HardPlaces, int]:
    """False peaks in the images that were learnt from, and how many images were read.

    Args:
        cases: all of them.
        rows: positions of those that were learnt from.
        run: the network's probabilities of a tile.
        how: images are read.
        deadline: `time.monotonic()` after which no further image is read.
        rng: decides the order.
        on_image: hears what share is done.
    """
    found, read = HardPlaces.none(), 0
    for row in rng.permutation(rows):
        if read and time.monotonic() > deadline:
            break
        case = cases[int(row)]
        found = found.with_more(false_peaks(case, int(row), peaks_of(case.pixels, run, how), how))
        read += 1
        if on_image is not None:
            on_image(read / len(rows))
    return found, read


def false_peaks(case: SlidingCase, row: int, peaks: Peaks, how: SlidingSettings) -> HardPlaces:
    """The peaks of one image that are no object, the most certain first."""
    places = peaks.places * how.field.stride
    wrong = np.flatnonzero(case.is_clear(places) & (peaks.scores >= LEAST))[:MOST_AN_IMAGE]
    return HardPlaces(np.full(len(wrong), row, np.int64), places[wrong], peaks.scores[wrong])
