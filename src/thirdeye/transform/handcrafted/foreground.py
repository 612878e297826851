"""The most prominent object of a picture: Otsu's threshold, and one connected region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_BLUR_SHARE = 1 / 50  # of the side
SMALLEST_PX = 9


@dataclass(frozen=True)
class Foreground:
    """Where the object is.

    Args:
        region: (S, S), true inside; it may be empty.
        threshold: on the blurred, stretched grey, 0..1.
        is_dark: whether the object is the darker side.
        n_regions: connected regions on that side.
    """

    region: NDArray[np.bool_]
    threshold: float
    is_dark: bool
    n_regions: int

    @property
    def found(self) -> bool:
        """Whether the object is large enough to be measured."""
        return int(np.count_nonzero(self.region)) >= SMALLEST_PX


def foreground(stretched: NDArray[np.float32]) -> Foreground:
    """The main object.

    Args:
        stretched: (S, S) in 0..1.
    """
    blurred = ndimage.uniform_filter(stretched, size=max(3, round(stretched.shape[0] * _BLUR_SHARE)))
    threshold = otsu(blurred)
    mask, is_dark = object_side(blurred > threshold)
    region, n_regions = central_region(mask)
    return Foreground(region, threshold, is_dark, n_regions)


def otsu(grey: NDArray[np.float32]) -> float:
    """The threshold in 0..1 with the largest between-class variance on 64 bins (Otsu 1979)."""
    counts = np.bincount((grey.ravel() * 63.999).astype(np.intp), minlength=64).astype(np.float64)
    weight = np.cumsum(counts) / counts.sum()
    mean = np.cumsum(counts * (np.arange(64) + 0.5) / 64) / counts.sum()
    between = (mean[-1] * weight - mean) ** 2 / np.maximum(weight * (1 - weight), 1e-9)
    return float((np.argmax(between[:-1]) + 1) / 64)


def object_side(bright: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], bool]:
    """The side of the threshold that touches the image border less, and whether it is the dark one."""
    border = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    is_dark = bool(border.mean() > 0.5)
    return (~bright if is_dark else bright), is_dark


def central_region(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """The connected region with the largest area weighted towards the centre, and how many there are."""
    labels, n_regions = ndimage.label(mask)
    if n_regions == 0:
        return mask, 0
    place = np.abs(np.linspace(-1, 1, mask.shape[0]))
    weight = np.exp(-2 * (place[:, None] ** 2 + place[None, :] ** 2))
    scores = np.bincount(labels.ravel(), weights=weight.ravel())
    return labels == 1 + int(np.argmax(scores[1:])), int(n_regions)
