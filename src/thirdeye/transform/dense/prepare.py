"""What a dense network sees of an image or volume, and the way back to the image's own grid.

Training and reading share it. Nothing here changes an image that already has the wanted spacing or size but
its intensities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.reorient import reoriented, returned
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.transform.dense.correct import corrected
from thirdeye.transform.dense.resample import resampled, resampled_labels, resampled_share

ORIENTATION = "RAS"
TAILS = (0.5, 99.5)  # percentiles beyond which intensities are cut off
MOSTLY_EMPTY = 0.2  # share of voxels at the lowest value from which these are left out of mean and spread
IGNORED = 255  # in a label map: takes no part
ALMOST = 0.02  # relative difference of spacings that is left alone

_OTHER_KIND = {
    2: "is a volume, and the network reads images in two dimensions; give single slices as images",
    3: "is one image, and the network reads volumes; give a NIfTI file, or the folder of the DICOM series",
}

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Preparation:
    """How images become arrays.

    Args:
        axes: 2 for images, 3 for volumes.
        channels: that the network takes; grey images are repeated into three where it takes three.
        intensity: "range" (8 bits to -1 to 1), "image" (each image's own mean and spread, tails cut off), or
            "window" (one window for all, as Hounsfield units allow).
        window: (lowest, highest, mean, spread) of "window".
        spacing_mm: distance of voxels along RAS axes to which volumes are brought; None leaves them.
        longest_px: longer side to which images are brought; None leaves them.
        neighbours: slices on either side that are channels of a slice as well (2.5-D); 0: none.
        thick_axis: RAS axis across the slices, for `neighbours`.
        corrections: what is done to each channel before, in this order, see `corrected`.
    """

    axes: Literal[2, 3]
    channels: int
    intensity: Literal["range", "image", "window"]
    window: tuple[float, float, float, float] | None = None
    spacing_mm: tuple[float, float, float] | None = None
    longest_px: int | None = None
    neighbours: int = 0
    thick_axis: int = 2
    corrections: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """Channels of the array, neighbouring slices included."""
        return self.channels * (1 + 2 * self.neighbours)


@dataclass(frozen=True)
class Prepared:
    """An image as the network sees it.

    Args:
        array: (channels, ...) float32, see `Preparation.inputs`.
        item: the image or volume that it came from.
    """

    array: Array
    item: Image | Volume

    @property
    def own_sides(self) -> tuple[int, ...]:
        """Sides of the image before it was resampled, in the orientation of the array."""
        return _own_sides(self.item)


def prepared(item: Image | Volume, how: Preparation) -> Prepared:
    """Turn, resample and normalise.

    Raises:
        UnreadableFile: an image where volumes are read, or the other way round; another number of channels;
            values that are not finite.
    """
    values = _channels_first(item, how)
    if not np.isfinite(values).all():
        raise UnreadableFile(item.source, "holds values that are not finite (NaN or infinite)")
    sides = target_sides(item, how)
    values = corrected(values, how.corrections, _spacing(item))
    values = _normalised(values, how)
    if sides != values.shape[1:]:
        values = resampled(values, sides)
    if how.neighbours:
        values = _with_neighbours(values, how.neighbours, 1 + how.thick_axis)
    return Prepared(np.ascontiguousarray(values, np.float32), item)


def prepared_labels(numbers: NDArray[np.uint8], item: Image | Volume, how: Preparation) -> NDArray[np.uint8]:
    """A label map on the image's own grid, on the grid that the network sees."""
    turned = numbers
    if isinstance(item, Volume):
        turned = reoriented(Volume(numbers, item.geometry, item.source), ORIENTATION).voxels.astype(np.uint8)
    sides = target_sides(item, how)
    return np.ascontiguousarray(turned if sides == turned.shape else resampled_labels(turned, sides))


def own_grid(seen: Prepared, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Labels on the grid that the network saw, on the image's own grid and in its own orientation."""
    sides = seen.own_sides
    back = labels if labels.shape == sides else resampled_labels(labels, sides)
    if isinstance(seen.item, Volume):
        back = returned(back, ORIENTATION, seen.item.geometry).astype(np.uint8)
    return np.ascontiguousarray(back)


def own_grid_shares(item: Image | Volume, shares: Array) -> Array:
    """Values of 0 to 1 on the grid that the network saw, on the image's own grid and in its orientation."""
    sides = _own_sides(item)
    back = shares if shares.shape == sides else np.clip(resampled_share(shares, sides), 0, 1)
    if isinstance(item, Volume):
        back = returned(back, ORIENTATION, item.geometry).astype(np.float32)
    return np.ascontiguousarray(back)


def target_sides(item: Image | Volume, how: Preparation) -> tuple[int, ...]:
    """Sides of the array that the network sees."""
    if isinstance(item, Image):
        longest = max(item.height, item.width)
        if how.longest_px is None or longest == how.longest_px:
            return item.height, item.width
        factor = how.longest_px / longest
        return max(1, round(item.height * factor)), max(1, round(item.width * factor))
    turned = reoriented(item, ORIENTATION)
    sides: tuple[int, ...] = turned.voxels.shape[:3]
    if how.spacing_mm is None:
        return sides
    own = turned.geometry.spacing_mm
    return tuple(
        side if abs(have / want - 1) < ALMOST else max(1, round(side * have / want))
        for side, have, want in zip(sides, own, how.spacing_mm, strict=True)
    )


def _spacing(item: Image | Volume) -> tuple[float, ...]:
    """Distance of places along the axes of the array, mm; 1 where it is not known."""
    if isinstance(item, Volume):
        return tuple(reoriented(item, ORIENTATION).geometry.spacing_mm)
    return (1.0, 1.0) if item.spacing_mm is None else tuple(item.spacing_mm)


def _own_sides(item: Image | Volume) -> tuple[int, ...]:
    if isinstance(item, Image):
        return item.height, item.width
    return reoriented(item, ORIENTATION).voxels.shape[:3]


def _channels_first(item: Image | Volume, how: Preparation) -> Array:
    if (how.axes == 2) != isinstance(item, Image):
        raise UnreadableFile(item.source, _OTHER_KIND[how.axes])
    pixels = item.pixels if isinstance(item, Image) else reoriented(item, ORIENTATION).voxels
    values = pixels.astype(np.float32)
    values = values[None] if values.ndim == how.axes else np.moveaxis(values, -1, 0)
    if len(values) == how.channels:
        return values
    if how.axes == 2 and len(values) == 1:
        return np.repeat(values, how.channels, axis=0)
    if how.axes == 2 and how.channels == 1:
        return values.mean(axis=0, keepdims=True)
    raise UnreadableFile(
        item.source,
        f"has {len(values)} channels or time points; the network takes {how.channels}: give the one that is "
        "meant",
    )


def _with_neighbours(values: Array, count: int, axis: int) -> Array:
    """Channels of the slices before, of each slice, and of those behind; at the ends a slice stands twice."""
    places = np.arange(values.shape[axis])
    shifts = range(-count, count + 1)
    return np.concatenate([values.take(places + s, axis=axis, mode="clip") for s in shifts])


def _normalised(values: Array, how: Preparation) -> Array:
    if how.intensity == "range":
        return values / np.float32(127.5) - 1
    if how.intensity == "window" and how.window is not None:
        low, high, mean, spread = how.window
        return (np.clip(values, low, high) - np.float32(mean)) / np.float32(max(spread, 1e-6))
    return np.stack([_own_scale(channel) for channel in values])


def _own_scale(channel: Array) -> Array:
    """Tails cut off, mean 0 and spread 1; empty surroundings take no part in either.

    Where all but the surroundings is of one value (a picture in black and white), the surroundings count.
    """
    lowest = channel.min()
    inside = channel[channel > lowest] if (channel == lowest).mean() > MOSTLY_EMPTY else channel.ravel()
    if inside.size == 0:
        return np.zeros_like(channel)
    low, high = np.percentile(inside, TAILS).astype(np.float32)
    if low == high:
        inside, low, high = channel.ravel(), lowest, channel.max()
    cut = np.clip(inside, low, high)
    return (np.clip(channel, low, high) - cut.mean()) / max(float(cut.std()), 1e-6)
