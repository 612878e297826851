"""Reading an image larger than the network's window: overlapping windows, the middle of each counting most.

Windows lie and count as in Isensee et al. (Nature Methods 18, 2021) and in MONAI's sliding window with
Gaussian importance. The answer is given slab by slab along the first axis, as soon as no later window can
change it, so that memory holds one window's depth of answers and not the whole image's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

SIGMA = 0.125  # of the side of the window
SLAB_BYTES = 32 * 2**20  # of the answers that are given at a time
LEAST = 1e-3  # importance at the corners, so that every voxel counts

Array = NDArray[np.float32]
Run = Callable[[Array], Array]


@dataclass(frozen=True)
class Windows:
    """How an image is covered.

    Args:
        size: sides of the window.
        overlap: share of a side that neighbouring windows have in common, 0 to below 1.
        batch: windows read at a time.
        margin: places on either side of a window that the network sees besides, along each axis; beyond the
            image they are 0. Empty: none.
    """

    size: tuple[int, ...]
    overlap: float = 0.5
    batch: int = 1
    margin: tuple[int, ...] = ()

    @property
    def seen(self) -> tuple[int, ...]:
        """Sides of what the network is given for a window."""
        return tuple(side + 2 * beyond for side, beyond in zip(self.size, self.around, strict=True))

    @property
    def around(self) -> tuple[int, ...]:
        """The margin along every axis, also where there is none."""
        return self.margin or (0,) * len(self.size)

    def __post_init__(self) -> None:
        if not 0 <= self.overlap < 1 or self.batch < 1 or min(self.size, default=0) < 1:
            raise UsageError(
                "windows need sides and a batch of 1 or more and an overlap from 0 to below 1; got "
                f"{self.size}, {self.batch} and {self.overlap}"
            )


def starts_along(length: int, side: int, overlap: float) -> list[int]:
    """Where windows begin on one axis: regular steps, the last one pushed back to the edge."""
    if length <= side:
        return [0]
    step = max(1, int(side * (1 - overlap)))
    count = -(-(length - side) // step) + 1
    return [min(index * step, length - side) for index in range(count)]


def importance(size: tuple[int, ...]) -> Array:
    """How much each place of a window counts: a Gaussian of `SIGMA` times the side about the middle."""
    product = np.ones((), np.float32)
    for side in size:
        places = np.arange(side, dtype=np.float32) - (side - 1) / 2
        product = np.multiply.outer(product, np.exp(-0.5 * (places / (SIGMA * side)) ** 2))
    return np.asarray(np.maximum(product, LEAST), np.float32)


def read_slabs(
    image: Array, run: Run, windows: Windows, *, n_outputs: int, normalised: bool = True
) -> Iterator[tuple[int, Array]]:
    """Logits of an image, slab by slab along its first axis.

    Args:
        image: (C, ...) prepared; smaller than the window it is padded with zeros.
        run: the network: (B, C, *seen) to (B, n_outputs, *size), the sides of `Windows`.
        windows: how the image is covered.
        n_outputs: channels of the answer.
        normalised: divide by the summed importance, as probabilities need; the most likely class does not.

    Yields:
        (first index, (n_outputs, depth, ...)), in order and without gaps; the array is the caller's.
    """
    sides = image.shape[1:]
    padded = _padded(image, windows)
    lengths = [max(side, n) for n, side in zip(sides, windows.size, strict=True)]
    along = [starts_along(n, side, windows.overlap) for n, side in zip(lengths, windows.size, strict=True)]
    weight = importance(windows.size)
    depth = windows.size[0]
    sums = np.zeros((n_outputs, depth, *lengths[1:]), np.float32)
    weights = np.zeros((depth, *lengths[1:]), np.float32) if normalised else None
    crop = tuple(slice(0, side) for side in sides[1:])
    pieces = max(1, SLAB_BYTES // max(1, sums[:, 0].nbytes))
    for number, first in enumerate(along[0]):
        _add(padded, run, windows, first, along[1:], weight, sums, weights)
        following = along[0][number + 1] if number + 1 < len(along[0]) else first + depth
        done = following - first
        keep = min(done, sides[0] - first)
        for start in range(0, keep, pieces):
            part = slice(start, min(start + pieces, keep))
            finished = sums[:, part] if weights is None else sums[:, part] / weights[part]
            yield first + start, np.array(finished[(slice(None), slice(None), *crop)])
        _advance(sums, done, axis=1)
        if weights is not None:
            _advance(weights, done, axis=0)


def most_likely(image: Array, run: Run, windows: Windows, *, n_outputs: int) -> NDArray[np.uint8]:
    """The most likely class of every place, (...) uint8; arguments as of `read_slabs`."""
    labels = np.zeros(image.shape[1:], np.uint8)
    for first, logits in read_slabs(image, run, windows, n_outputs=n_outputs, normalised=False):
        best = logits[0]
        slab = labels[first : first + logits.shape[1]]
        for number in range(1, n_outputs):  # a running maximum is several times faster than argmax
            higher = logits[number] > best
            slab[higher] = number
            np.maximum(best, logits[number], out=best)
    return labels


def _padded(image: Array, windows: Windows) -> Array:
    """With zeros behind where a window is larger, and with the margin on either side."""
    extra = [
        (beyond, max(0, side - n) + beyond)
        for n, side, beyond in zip(image.shape[1:], windows.size, windows.around, strict=True)
    ]
    return np.pad(image, [(0, 0), *extra]) if any(before or after for before, after in extra) else image


def _add(
    image: Array,
    run: Run,
    windows: Windows,
    first: int,
    others: list[list[int]],
    weight: Array,
    sums: Array,
    weights: Array | None,
) -> None:
    """Read every window that begins at `first` and add what it says."""
    corners = list(itertools.product(*others))
    for begin in range(0, len(corners), windows.batch):
        some = corners[begin : begin + windows.batch]
        places = [
            tuple(slice(start, start + side) for start, side in zip(corner, windows.size[1:], strict=True))
            for corner in some
        ]
        batch = np.stack([image[_seen(windows, (first, *corner))] for corner in some])
        for place, logits in zip(places, run(np.ascontiguousarray(batch)), strict=True):
            sums[(slice(None), slice(None), *place)] += logits * weight
            if weights is not None:
                weights[(slice(None), *place)] += weight


def _seen(windows: Windows, corner: tuple[int, ...]) -> tuple[slice, ...]:
    """What the network is given for the window at a corner, of an image with its margin."""
    return (
        slice(None),
        *(slice(start, start + side) for start, side in zip(corner, windows.seen, strict=True)),
    )


def _advance(array: Array, done: int, *, axis: int) -> None:
    """Move what is unfinished to the front and clear the rest."""
    length = array.shape[axis]
    front, rest = [slice(None)] * array.ndim, [slice(None)] * array.ndim
    front[axis], rest[axis] = slice(0, length - done), slice(done, length)
    array[tuple(front)] = array[tuple(rest)].copy()
    rest[axis] = slice(length - done, length)
    array[tuple(rest)] = 0
