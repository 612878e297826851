"""What an image looks like in numbers that need no network: layout, colour, edges, sharpness, symmetry.

A fine-tuned network throws away what does not help with its own question, so that a picture of quite another
kind may end up among its own. These numbers keep what it threw away. They are plain image statistics; none
of them knows anything of disease.
"""

from __future__ import annotations

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.reorient import reoriented
from thirdeye.case.volume import Volume
from thirdeye.transform.prepare import prepare

GRID = 64  # pixels of the side on which all but sharpness is measured
CELLS = 8  # of a side of the layout
DIRECTIONS = 8  # of edges, all round, so that an inverted picture differs
BANDS = 8  # of the spectrum
LUMA = np.asarray([0.299, 0.587, 0.114], np.float32)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HUE_LEVELS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
LENGTH = 157  # numbers of an appearance
PLANES = 3  # of a volume
Vector = NDArray[np.float32]
Numbers = NDArray[np.floating]
_SIDE = 128  # pixels of an image that no network prepared


def appearance(prepared: NDArray[np.uint8]) -> Vector:
    """The appearance (A,) of a prepared image (S, S, 3) of any side."""
    small = _small(prepared)  # (G, G, 3)
    grey = small @ LUMA
    return np.concatenate(
        [_layout(grey), _brightness(grey), _colour(small), _edges(grey), _spectrum(grey), _symmetry(grey),
         _sharpness(prepared), _hues(small, grey), _texture(grey)]
    ).astype(np.float32)  # fmt: skip


def appearance_of(item: Image | Volume) -> Vector:
    """The appearance of an image in memory, or (3 A,) of a volume: its three middle planes.

    A volume is turned to RAS first.

    Args:
        item: any size; pixel values are spread over the range of the item, as scanners disagree on theirs.
    """
    if isinstance(item, Image):
        deep = item.pixels.dtype != np.uint8
        return appearance(_square(item, "percentile" if deep else "full_range"))
    upright = reoriented(item, "RAS")
    return np.concatenate([appearance(_square(plane, "percentile")) for plane in _planes(upright)])


def _square(image: Image, intensity: str) -> NDArray[np.uint8]:
    return prepare(image, size_px=_SIDE, resize="squash", intensity=intensity)


def _planes(volume: Volume) -> list[Image]:
    voxels = np.asarray(volume.voxels)
    voxels = voxels[..., 0] if voxels.ndim > PLANES else voxels
    cuts = [np.take(voxels, voxels.shape[axis] // 2, axis=axis) for axis in range(PLANES)]
    return [Image(np.nan_to_num(cut.astype(np.float32)), 32, volume.source) for cut in cuts]


def _small(prepared: NDArray[np.uint8]) -> NDArray[np.float32]:
    picture = PIL.Image.fromarray(np.ascontiguousarray(prepared))
    small = picture.resize((GRID, GRID), PIL.Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(small, np.float32) / np.float32(255)


def _layout(grey: NDArray[np.float32]) -> Numbers:
    """Mean brightness of each of 8 x 8 cells."""
    step = GRID // CELLS
    return grey.reshape(CELLS, step, CELLS, step).mean(axis=(1, 3)).ravel()


def _brightness(grey: NDArray[np.float32]) -> Numbers:
    """Quantiles, the shares of nearly black and nearly white pixels, and the border."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    shares = [(grey < 0.02).mean(), (grey > 0.98).mean(), border.mean(), border.std(), grey.std()]
    return np.concatenate([np.quantile(grey, LEVELS), shares])


def _colour(small: NDArray[np.float32]) -> Numbers:
    """Red against green and blue against green: in the mean, in spread, and in each quarter."""
    against = small[..., ::2] - small[..., 1:2]  # (G, G, 2)
    half = GRID // 2
    quarters = against.reshape(2, half, 2, half, 2).mean(axis=(1, 3)).ravel()
    return np.concatenate([against.mean(axis=(0, 1)), against.std(axis=(0, 1)), quarters])


def _hues(small: NDArray[np.float32], grey: NDArray[np.float32]) -> Numbers:
    """Quantiles of red and of blue against green, and how both go with brightness and with each other."""
    red, blue = small[..., 0] - small[..., 1], small[..., 2] - small[..., 1]
    centred = np.stack([one.ravel() - one.mean() for one in (grey, red, blue)])
    spread = np.sqrt((centred**2).mean(axis=1)) + 0.01
    together = (centred @ centred.T / centred.shape[1]) / np.outer(spread, spread)
    pairs = [together[0, 1], together[0, 2], together[1, 2]]
    return np.concatenate([np.quantile(red, HUE_LEVELS), np.quantile(blue, HUE_LEVELS), pairs])


def _texture(grey: NDArray[np.float32]) -> Numbers:
    """How strongly brightness varies within cells: quantiles over the cells, on a logarithm."""
    step = GRID // CELLS
    spread = grey.reshape(CELLS, step, CELLS, step).std(axis=(1, 3))
    return np.quantile(np.log10(spread + 0.003), LEVELS)


def _edges(grey: NDArray[np.float32]) -> Numbers:
    """Share of the strength of edges in each direction, in each quarter; and their strength."""
    down, along = np.gradient(grey)
    strength = np.hypot(down, along)
    turned = (np.arctan2(down, along) / (2 * np.pi) % 1.0) * DIRECTIONS
    direction = np.minimum(turned.astype(np.int64), DIRECTIONS - 1)
    row, column = np.indices(grey.shape) // (GRID // 2)
    place = (row * 2 + column) * DIRECTIONS + direction
    found = np.bincount(place.ravel(), strength.ravel(), minlength=4 * DIRECTIONS).reshape(4, DIRECTIONS)
    total = found.sum(axis=1, keepdims=True)
    shares = found / np.maximum(total, 1e-6)
    return np.concatenate([shares.ravel(), np.log10(total.ravel() / GRID**2 + 1e-4)])


def _spectrum(grey: NDArray[np.float32]) -> Numbers:
    """Energy in rings of the spectrum, from coarse to fine, on a logarithm."""
    window = np.hanning(GRID)
    power = np.abs(np.fft.rfft2((grey - grey.mean()) * np.outer(window, window))) ** 2
    rows, columns = np.fft.fftfreq(GRID), np.fft.rfftfreq(GRID)
    radius = np.hypot(rows[:, None], columns[None])
    ring = np.minimum((radius * 2 * BANDS).astype(np.int64), BANDS - 1)
    energy = np.bincount(ring.ravel(), power.ravel(), minlength=BANDS)
    return np.log10(energy / GRID**2 + 1e-6)


def _symmetry(grey: NDArray[np.float32]) -> Numbers:
    """Correlation with the picture mirrored left to right, top to bottom, and across its diagonal."""
    centred = grey - grey.mean()
    power = float((centred**2).sum()) + 1e-6
    mirrored = (centred[:, ::-1], centred[::-1], centred.T)
    return np.asarray([(centred * other).sum() / power for other in mirrored], np.float32)


def _sharpness(prepared: NDArray[np.uint8]) -> Numbers:
    """Strength of the finest detail at the full side, and of the next."""
    grey = prepared.astype(np.float32) @ LUMA / 255
    half = grey[: len(grey) // 2 * 2, : len(grey) // 2 * 2]
    half = half.reshape(len(half) // 2, 2, len(half) // 2, 2).mean(axis=(1, 3))
    return np.asarray([_detail(grey), _detail(half)], np.float32)


def _detail(grey: Numbers) -> float:
    if min(grey.shape) < 3:
        return -4.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(np.log10(np.var(around - 4 * grey[1:-1, 1:-1]) + 1e-8))
