"""Colour statistics in HSV and CIE L*a*b* (sRGB primaries, white point D65)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import Picture, moments, numbered

_HUE_BINS = 12
_LAB_BINS = 4
_LINEAR = np.where(
    np.arange(256) / 255 <= 0.04045,
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)  # IEC 61966-2-1
_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]],
    dtype=np.float32,
)
_WHITE = np.array([0.95047, 1.0, 1.08883], dtype=np.float32)
_CHANNELS = ("hue", "saturation", "value", "l", "a", "b")


def colour(picture: Picture) -> dict[str, float]:
    """Moments per channel, a hue histogram weighted by saturation, an a*b* histogram, centre minus border.

    All are 0 for a grey image, so that the list of features has one length.
    """
    if not picture.is_colour:
        return dict.fromkeys(_names(), 0.0)
    small = picture.rgb[::2, ::2]  # statistics of regions need no more pixels, and cost a quarter
    hsv, lab = to_hsv(small), to_lab(small)
    values: list[float] = []
    for channel in (*np.moveaxis(hsv, 2, 0), *np.moveaxis(lab, 2, 0)):
        values.extend(moments(channel)[:3])
    values.extend(_hue_histogram(hsv))
    values.extend(_lab_histogram(lab))
    values.extend(_centre_minus_border(lab))
    return dict(zip(_names(), values, strict=True))


def _names() -> list[str]:
    names = [f"colour_{channel}_{what}" for channel in _CHANNELS for what in ("mean", "std", "skewness")]
    names += numbered("colour_hue_histogram", np.zeros(_HUE_BINS))
    names += numbered("colour_ab_histogram", np.zeros(_LAB_BINS**2))
    return [*names, *(f"colour_{channel}_centre_minus_border" for channel in "lab")]


def to_hsv(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Hue, saturation, value, each 0..1, (S, S, 3); hue is 0 where a pixel is grey (Smith 1978)."""
    levels = rgb.astype(np.float32) / 255
    red, green, blue = np.moveaxis(levels, 2, 0)
    top = np.maximum(np.maximum(red, green), blue)
    spread = top - np.minimum(np.minimum(red, green), blue)
    safe = np.where(spread > 0, spread, 1)
    hue = np.where(top == blue, 4 + (red - green) / safe, 0)
    hue = np.where(top == green, 2 + (blue - red) / safe, hue)
    hue = np.where(top == red, (green - blue) / safe, hue)
    hue = np.where(spread > 0, (hue / 6) % 1, 0)
    return np.stack([hue, spread / np.where(top > 0, top, 1), top], axis=2).astype(np.float32)


def to_lab(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """L* (0..100), a*, b* (about -128..127), (S, S, 3); CIE 15:2004."""
    ratio = _LINEAR[rgb] @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    x, y, z = np.moveaxis(f, 2, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=2).astype(np.float32)


def _hue_histogram(hsv: NDArray[np.float32]) -> NDArray[np.float64]:
    bins = np.minimum((hsv[..., 0] * _HUE_BINS).astype(np.intp), _HUE_BINS - 1)
    counts = np.bincount(bins.ravel(), weights=hsv[..., 1].ravel(), minlength=_HUE_BINS)
    return counts / max(counts.sum(), 1e-6)


def _lab_histogram(lab: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of pixels in a 4 x 4 grid over a* in -20..60 and b* in -20..60, where tissue and dyes lie."""
    cell = np.clip((lab[..., 1:] + 20) / 80 * _LAB_BINS, 0, _LAB_BINS - 1).astype(np.intp)
    return (
        np.bincount((cell[..., 0] * _LAB_BINS + cell[..., 1]).ravel(), minlength=_LAB_BINS**2)
        / cell[..., 0].size
    )


def _centre_minus_border(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    quarter = lab.shape[0] // 4
    centre = lab[quarter:-quarter, quarter:-quarter]
    total, inside = lab.sum(axis=(0, 1)), centre.sum(axis=(0, 1))
    n_inside = centre.shape[0] * centre.shape[1]
    return inside / n_inside - (total - inside) / (lab.shape[0] * lab.shape[1] - n_inside)
