"""The slow change of brightness across an MR image (bias field), found and taken away: N4.

Tustison et al. 2010, after N3 (Sled et al. 1998): the histogram of the logarithm is sharpened, what
sharpening changes is fitted by a smooth field, the field is taken away, and again, on lattices that become
finer. Written after the published method and held against SimpleITK's in a test. The mean of the logarithm
stays what it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.smooth_field import field_of, fitted_lattice

Array = NDArray[np.float64]

BINS = 200  # of the histogram
WIDTH, NOISE = 0.15, 0.01  # width at half height of the blur to undo, in logarithms; Wiener's noise
SPANS = (1, 2, 4, 8)  # of the lattices, coarse to fine
ROUNDS, ENOUGH = 50, 1e-3  # at most on each lattice; change of the field below which it is done
LONGEST = 64  # side of the grid on which the field is sought
FEWEST = 100  # places inside, below which nothing is changed


def without_bias_field(image: NDArray[np.float32], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """An image with its bias field taken away.

    Args:
        image: (...) one channel, values of any size; those of 0 and below are left out.
        inside: of its shape; where tissue is.

    Returns:
        Of the shape of `image`; the image itself where fewer than `FEWEST` places are inside.
    """
    known = inside & (image > 0)
    steps = tuple(slice(None, None, max(1, -(-side // LONGEST))) for side in image.shape)
    small, seen = image[steps], known[steps]
    if int(seen.sum()) < FEWEST or float(np.ptp(small[seen])) == 0:
        return image
    logarithm = np.zeros(small.shape)
    logarithm[seen] = np.log(small[seen])
    field = _field(logarithm, seen, image.shape)
    level = field[known].mean()
    return np.asarray(image / np.exp(field - level), np.float32)


def _field(logarithm: Array, inside: NDArray[np.bool_], sides: tuple[int, ...]) -> Array:
    """Logarithm of the field on a grid of `sides`; changes of all lattices together."""
    found, whole = np.zeros(logarithm.shape), np.zeros(sides)
    for spans in SPANS:
        lattice = np.zeros((spans + 3,) * logarithm.ndim)
        for _ in range(ROUNDS):
            now = logarithm - found
            change = fitted_lattice(np.where(inside, now - sharpened(now, inside), 0.0), inside, spans)
            lattice += change
            moved = field_of(change, logarithm.shape)
            found += moved
            ratio = np.exp(moved[inside])
            if ratio.std() / ratio.mean() < ENOUGH:
                break
        whole += field_of(lattice, sides)
    return whole


def sharpened(logarithm: Array, inside: NDArray[np.bool_]) -> Array:
    """What each value is expected to be if a blur of `WIDTH` is undone; an image of one value stays.

    Args:
        logarithm: of the image.
        inside: where values count.
    """
    values = logarithm[inside]
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        return logarithm
    slope = (high - low) / (BINS - 1)
    counts = _histogram((values - low) / slope)
    size = 2 ** int(np.ceil(np.log2(BINS)) + 1)
    blur = _blur(size, WIDTH / slope)
    spectrum = np.fft.fft(np.pad(counts, ((size - BINS) // 2, size - BINS - (size - BINS) // 2)))
    sharp = np.maximum(np.fft.ifft(spectrum * np.conj(blur) / (np.abs(blur) ** 2 + NOISE)).real, 0)
    places = low + (np.arange(size) - (size - BINS) // 2) * slope
    above = np.fft.ifft(np.fft.fft(sharp * places) * blur).real
    below = np.fft.ifft(np.fft.fft(sharp) * blur).real
    expected = np.where(np.abs(below) > 1e-9, above / np.where(np.abs(below) > 1e-9, below, 1.0), places)
    return np.asarray(np.interp(logarithm, places, expected))


def _histogram(places: Array) -> Array:
    """Each value shared by the two bins beside it."""
    left = np.minimum(places.astype(int), BINS - 2)
    share = places - left
    both = np.bincount(left, 1 - share, BINS) + np.bincount(left + 1, share, BINS)
    return both.astype(np.float64)


def _blur(size: int, width: float) -> NDArray[np.complex128]:
    """Spectrum of a normal curve of this width at half height, in bins."""
    away = np.minimum(np.arange(size), size - np.arange(size))
    curve = np.exp(-4 * np.log(2) * away**2 / width**2)
    return np.asarray(np.fft.fft(curve / curve.sum()))
