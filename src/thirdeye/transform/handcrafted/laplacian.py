"""Spots and edges by size: the Laplacian of a Gaussian (Marr and Hildreth 1980)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.transform.handcrafted.picture import Picture
from thirdeye.transform.handcrafted.responses import statistics_of

SIGMAS = (1, 2, 4, 8)  # pixels


def laplacian(picture: Picture) -> dict[str, float]:
    """Nine statistics of the response at each of four scales; larger scales are measured on fewer pixels."""
    features: dict[str, float] = {}
    grey, halvings = picture.stretched, 0
    for sigma in SIGMAS:
        if sigma > 2:  # smoothing has made every second pixel redundant
            grey, halvings = halved(grey), halvings + 1
        features |= statistics_of(f"log_{sigma}px", blobs(grey, sigma / 2**halvings))
    return features


def blobs(grey: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """sigma^2 times the Laplacian of the smoothed picture: dark spots of radius 1.4 sigma are brightest.

    Args:
        grey: (S, S).
        sigma: pixels.
    """
    response: NDArray[np.float32] = ndimage.gaussian_laplace(grey, sigma) * np.float32(sigma**2)
    return response


def halved(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of 2 x 2 pixels; an odd last line drops."""
    height, width = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    cut = grey[:height, :width]
    return (cut[::2, ::2] + cut[1::2, ::2] + cut[::2, 1::2] + cut[1::2, 1::2]) / np.float32(4)
