"""What every descriptor looks at: one prepared image in the forms that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.transform.handcrafted.foreground import Foreground, foreground

SMALLEST_SIDE_PX = 32
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601


@dataclass(frozen=True)
class Picture:
    """A square image, computed once and read by all descriptors.

    Args:
        rgb: uint8 (S, S, 3).
        grey: float32 (S, S), luma in 0..1.
        stretched: float32 (S, S), `grey` with its 1st and 99th percentile moved to 0 and 1 and clipped;
            texture is measured on it, so that exposure stays with the first-order statistics.
        is_colour: False when the three channels are equal everywhere.
    """

    rgb: NDArray[np.uint8]
    grey: NDArray[np.float32]
    stretched: NDArray[np.float32]
    is_colour: bool

    @cached_property
    def foreground(self) -> Foreground:
        """The most prominent object; several families measure it."""
        return foreground(self.stretched)


def picture_of(prepared: NDArray[np.uint8]) -> Picture:
    """The shared forms of a prepared image.

    Args:
        prepared: uint8 (S, S, 3), S >= 32.

    Raises:
        UsageError: another shape or type.
    """
    if (
        prepared.dtype != np.uint8
        or prepared.ndim != 3
        or prepared.shape[2] != 3
        or prepared.shape[0] != prepared.shape[1]
        or prepared.shape[0] < SMALLEST_SIDE_PX
    ):
        raise UsageError(
            f"hand-crafted features need a uint8 image (S, S, 3) with S >= {SMALLEST_SIDE_PX}; "
            f"got {prepared.dtype} {prepared.shape}: pass it through transform.prepare first"
        )
    red = prepared[..., 0]
    is_colour = not (np.array_equal(red, prepared[..., 1]) and np.array_equal(red, prepared[..., 2]))
    grey = (prepared @ _LUMA if is_colour else red.astype(np.float32)) / np.float32(255)
    return Picture(rgb=prepared, grey=grey, stretched=_stretch(grey), is_colour=is_colour)


def _stretch(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = percentiles(grey, (1, 99))
    if high - low < 1 / 255:
        return np.zeros_like(grey)
    return np.clip((grey - low) / (high - low), 0, 1).astype(np.float32)


def percentiles(values: NDArray[np.float32], levels: tuple[float, ...]) -> list[float]:
    """Order statistics at the given percentages (0..100), nearest rank below; one sort."""
    ordered = np.sort(values, axis=None)
    return [float(ordered[int(level / 100 * (ordered.size - 1))]) for level in levels]


def moments(values: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Mean, standard deviation, skewness, excess kurtosis (both 0 for constant values)."""
    mean = float(values.mean(dtype=np.float64))
    deviations = values.ravel() - np.float32(mean)
    squares = deviations * deviations
    variance = float(squares.mean(dtype=np.float64))
    if variance < 1e-10:
        return mean, variance**0.5, 0.0, 0.0
    skewness = float((squares * deviations).mean(dtype=np.float64)) / variance**1.5
    kurtosis = float((squares * squares).mean(dtype=np.float64)) / variance**2 - 3
    return mean, variance**0.5, skewness, kurtosis


def numbered(name: str, values: NDArray[np.floating]) -> dict[str, float]:
    """``{name_00: ..., name_01: ...}``, row by row."""
    return {f"{name}_{i:02d}": float(v) for i, v in enumerate(np.ravel(values))}


def pooled(values: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Means over a grid of cells x cells equal tiles; rows and columns that do not divide are left out.

    Args:
        values: (S, S).
    """
    side = values.shape[0] // cells
    cut = values[: side * cells, : side * cells]
    return cut.reshape(cells, side, cells, side).mean(axis=(1, 3))
