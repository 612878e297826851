"""The values of a mask: which there are, and what kind of mask they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MaskForm = Literal[
    "empty", "full", "binary", "binary_255", "binary_other", "labels", "colours", "soft", "noisy", "picture"
]
"""``empty`` nothing marked; ``full`` one value everywhere, not 0; ``binary`` 0 and 1 (or one bit a pixel);
``binary_255`` 0 and 255; ``binary_other`` 0 (or another value) and one more; ``labels`` a few whole numbers;
``colours``; ``soft`` two values with blurred edges; ``noisy`` two values with the noise of JPEG; ``picture``
too many values for a mask."""

_MOST_LABELS = 256
_NOISE = 24  # grey values around the two ends that JPEG smears them to
_MOSTLY_NOISE = 4  # times as many pixels near the ends as between them: not the edges of a blur
_RARE = 0.5  # of the marked pixels: values between the ends that make up less are edges, not structures
_MOST_COLOURS = 4096
_NEARLY_GREY = 8  # palettes of old GIF files hold (4, 2, 4) for black


def values_of(
    pixels: NDArray[np.generic], *, is_volume: bool
) -> tuple[list[str], NDArray[np.int64], NDArray[np.int32]]:
    """Values, how many pixels have each, and the pixels as positions in the list.

    Args:
        pixels: (H, W) or (H, W, 3) of an image, (I, J, K) or (I, J, K, C) of a volume.
        is_volume: tells (I, J, K) from (H, W, 3).

    Returns:
        Values in ascending order: "3", "0.5", or "#rrggbb"; counts; positions, of the shape of one channel.
    """
    flat, colour = _one_channel(pixels, is_volume)
    if flat.dtype.kind == "u" and flat.dtype.itemsize <= 2:  # counting is faster than sorting
        every = np.bincount(flat.ravel())
        unique = np.flatnonzero(every)
        counts, places = every[unique], np.zeros(len(every), np.int32)
        places[unique] = np.arange(len(unique))
        positions = places[flat]
    else:
        unique, positions, counts = np.unique(flat, return_inverse=True, return_counts=True)
    names = [f"#{int(value):06x}" if colour else f"{float(value):.6g}" for value in unique]
    return names, counts.astype(np.int64), positions.reshape(flat.shape).astype(np.int32)


def _one_channel(pixels: NDArray[Any], is_volume: bool) -> tuple[NDArray[Any], bool]:
    """One number a pixel, and whether it is a colour (red << 16 | green << 8 | blue)."""
    if is_volume and pixels.ndim == 4:  # a channel a structure: its number, from 1, where it is marked
        numbers = np.zeros(pixels.shape[:3], np.int32)
        for channel in range(pixels.shape[3]):
            numbers[pixels[..., channel] != 0] = channel + 1
        return numbers, False
    if is_volume or pixels.ndim == 2:
        return pixels, False
    deep = pixels if pixels.dtype == np.uint8 else (pixels.astype(np.float64) / 257).astype(np.uint8)
    if int((deep.max(axis=2) - deep.min(axis=2)).max()) <= _NEARLY_GREY:
        return deep[:, :, 1], False
    red, green, blue = (deep[:, :, channel].astype(np.int32) for channel in range(3))
    return (red << 16) | (green << 8) | blue, True


def form_of(
    values: Sequence[str], counts: NDArray[np.int64], *, file_format: str, one_bit: bool = False
) -> tuple[MaskForm, float]:
    """The kind of mask, and the share of its pixels between the two ends where it should have only two.

    Args:
        values, counts: as of `values_of`.
        file_format: "JPEG" smears values.
        one_bit: the file holds one bit a pixel, so that its 255 is a 1.
    """
    if values[0].startswith("#"):
        few = len(values) <= _MOST_LABELS
        return ("colours" if few else "noisy" if _few_dominate(counts) else "picture"), 0.0
    numbers = np.array([float(value) for value in values])
    if len(numbers) == 1:
        return ("empty" if numbers[0] == 0 else "full"), 0.0
    if len(numbers) == 2:
        return _two(numbers, one_bit), 0.0
    return _several(numbers, counts, file_format)


def _two(numbers: NDArray[np.float64], one_bit: bool) -> MaskForm:
    low, high = numbers
    if low == 0 and (high == 1 or one_bit):
        return "binary"
    return "binary_255" if low == 0 and high == 255 else "binary_other"


def _several(
    numbers: NDArray[np.float64], counts: NDArray[np.int64], file_format: str
) -> tuple[MaskForm, float]:
    low, high = numbers[0], numbers[-1]
    near_low, near_high = numbers <= low + _NOISE, numbers >= high - _NOISE
    inner = (numbers > low) & (numbers < high)
    stray = float(counts[inner].sum() / counts.sum())
    wide = high - low > 2 * _NOISE
    marked = counts[numbers > (low + high) / 2].sum()
    noise = counts[(near_low & (numbers != low)) | (near_high & (numbers != high))].sum()
    between = counts[~near_low & ~near_high].sum()
    if not wide or (len(numbers) <= 8 and file_format != "JPEG" and between > 0.02 * counts.sum()):
        whole = bool((numbers == np.floor(numbers)).all()) and len(numbers) <= _MOST_LABELS
        return ("labels" if whole else "picture"), 0.0
    if between > _RARE * max(marked, 1):
        return ("labels" if len(numbers) <= 32 and high <= _MOST_LABELS else "picture"), 0.0
    return ("noisy" if file_format == "JPEG" or noise > _MOSTLY_NOISE * between else "soft"), stray


def _few_dominate(counts: NDArray[np.int64]) -> bool:
    """Most pixels have one of a few colours: a coloured mask whose edges were smeared."""
    largest = np.sort(counts)[::-1][:_MOST_LABELS]
    return len(counts) <= _MOST_COLOURS and bool(largest[:32].sum() >= 0.9 * counts.sum())


def foreground(codes: NDArray[np.int32], values: Sequence[str], form: MaskForm) -> NDArray[np.bool_]:
    """What is marked: not 0 and not black; of smeared masks what lies above the middle.

    Of two values without 0 the upper one.
    """
    if form in ("soft", "noisy") and not values[0].startswith("#"):
        numbers = np.array([float(value) for value in values])
        return (numbers > (numbers[0] + numbers[-1]) / 2)[codes]
    background = "#000000" if values[0].startswith("#") else "0"
    if form == "binary_other" and background not in values:
        background = values[0]
    return np.array([value != background for value in values])[codes]
