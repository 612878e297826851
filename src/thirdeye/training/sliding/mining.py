"""Where a network is wrong: it reads the images it learnt from, and its false peaks, or places drawn from its
map, become hard negatives.

Source: Ciresan et al. (MICCAI 2013): a first network reads the training images densely, and the second learns
from places drawn by how much they looked like what is sought.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.sliding.cases import CLEAR, HardPlaces, SlidingCase
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings, peaks_of
from thirdeye.transform.sliding.tiles import Run, dense_map

LEAST = 0.1  # probability from which a false peak is hard
MOST_AN_IMAGE = 50
DRAWN_AN_IMAGE = 400  # places drawn from the map of an image

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
    by_map: bool = False,
) -> tuple[HardPlaces, int]:
    """Hard places in the images that were learnt from, and how many images were read.

    Args:
        cases: all of them.
        rows: positions of those that were learnt from.
        run: the network's probabilities of a tile.
        how: images are read.
        deadline: `time.monotonic()` after which no further image is read.
        rng: decides the order.
        on_image: hears what share is done.
        by_map: places drawn in proportion to the probability that the network gives them, in place of its
            false peaks.
    """
    found, read = HardPlaces.none(), 0
    for row in rng.permutation(rows):
        if read and time.monotonic() > deadline:
            break
        case = cases[int(row)]
        if by_map:
            shares = dense_map(np.asarray(case.pixels), run, how.field, n_outputs=how.n_outputs)
            more = mapped_places(case, int(row), 1 - shares[0], how.field.stride, rng)
        else:
            more = false_peaks(case, int(row), peaks_of(case.pixels, run, how), how)
        found = found.with_more(more)
        read += 1
        if on_image is not None:
            on_image(read / len(rows))
    return found, read


def false_peaks(case: SlidingCase, row: int, peaks: Peaks, how: SlidingSettings) -> HardPlaces:
    """The peaks of one image that are no object, the most certain first."""
    places = peaks.places * how.field.stride
    wrong = np.flatnonzero(case.is_clear(places) & (peaks.scores >= LEAST))[:MOST_AN_IMAGE]
    return HardPlaces(np.full(len(wrong), row, np.int64), places[wrong], peaks.scores[wrong])


def mapped_places(
    case: SlidingCase, row: int, something: NDArray[np.float32], stride: int, rng: np.random.Generator
) -> HardPlaces:
    """Places of one image that are no object, drawn in proportion to how much they look like one.

    For a negative this is |label - probability|, by which van Grinsven et al. (IEEE TMI 2016) draw the
    negatives of each next round, and p(x) of Ciresan et al. Places of one image have one score, so that the
    images count by the sum of their maps.

    Args:
        case: the image.
        row: its position.
        something: (rows, columns) probability that a place is an object of any class.
        stride: pixels of a cell.
        rng: decides.
    """
    weights = something.astype(np.float64)
    for centre, side in zip(case.centres, case.sides, strict=True):
        _cover(weights, centre / stride, CLEAR * side / stride)
    mass = float(weights.sum())
    if mass <= 0:
        return HardPlaces.none()
    cells = rng.choice(weights.size, DRAWN_AN_IMAGE, p=weights.ravel() / mass)
    places = np.stack(np.unravel_index(cells, weights.shape), axis=1).astype(np.float64) * stride
    scores = np.full(DRAWN_AN_IMAGE, mass / DRAWN_AN_IMAGE)
    return HardPlaces(np.full(DRAWN_AN_IMAGE, row, np.int64), places, scores)


def _cover(weights: NDArray[np.float64], centre: NDArray[np.float64], radius: float) -> None:
    """Set to zero what lies within a radius; in cells."""
    low = np.maximum(0, np.floor(centre - radius)).astype(int)
    high = np.ceil(centre + radius).astype(int) + 1
    part = weights[low[0] : high[0], low[1] : high[1]]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    part[np.hypot(rows + low[0] - centre[0], columns + low[1] - centre[1]) <= radius] = 0
