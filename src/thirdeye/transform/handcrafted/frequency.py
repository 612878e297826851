"""Energies in scale and direction: a Gabor bank and the Haar wavelet."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import Picture

WAVELENGTHS = (3.0, 6.0, 12.0, 24.0)  # pixels per cycle
DIRECTIONS = 6
HAAR_LEVELS = 4
_FLOOR = 1e-8


def frequency(picture: Picture) -> dict[str, float]:
    """Log energies of 4 x 6 Gabor filters, their anisotropy, and of three Haar details at four levels."""
    return gabor(picture.stretched) | haar(picture.stretched)


def gabor(grey: NDArray[np.float32]) -> dict[str, float]:
    """Log mean squared response of each filter, and per wavelength the strongest direction's share.

    The squared response is summed in the Fourier domain (Parseval), so no filtered image is made.

    Args:
        grey: (S, S).
    """
    side = grey.shape[0]
    window = np.hanning(side).astype(np.float32)
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window[:, None] * window)) ** 2 / side**4
    energies = (gabor_bank(side) @ power.ravel()).reshape(len(WAVELENGTHS), DIRECTIONS)
    features: dict[str, float] = {}
    for wavelength, row in zip(WAVELENGTHS, energies, strict=True):
        for direction, energy in enumerate(row):
            degrees = 180 * direction // DIRECTIONS
            features[f"gabor_{wavelength:g}px_{degrees:03d}deg"] = float(np.log(energy + _FLOOR))
        features[f"gabor_{wavelength:g}px_anisotropy"] = float(row.max() / (row.sum() + _FLOOR))
    return features


@lru_cache(maxsize=4)
def gabor_bank(side: int) -> NDArray[np.float64]:
    """Squared frequency responses, (WAVELENGTHS x DIRECTIONS, side * side), in `numpy.fft` order.

    Gaussians around the centre frequency f with standard deviation f / 3 (about one octave), and without
    response at frequency 0 (Daugman 1985).
    """
    rows = np.fft.fftfreq(side)[:, None]
    cols = np.fft.fftfreq(side)[None, :]
    bank = []
    for wavelength in WAVELENGTHS:
        centre = 1 / wavelength
        for direction in range(DIRECTIONS):
            angle = np.pi * direction / DIRECTIONS
            distance = (rows - centre * np.sin(angle)) ** 2 + (cols - centre * np.cos(angle)) ** 2
            response = np.exp(-distance / (2 * (centre / 3) ** 2))
            response[0, 0] = 0
            bank.append((response**2).ravel())
    return np.stack(bank)


def haar(grey: NDArray[np.float32]) -> dict[str, float]:
    """Log mean square of the horizontal, vertical and diagonal details of the orthonormal Haar transform."""
    features: dict[str, float] = {}
    for level in range(1, HAAR_LEVELS + 1):
        grey, details = haar_step(grey)
        for name, detail in zip(("horizontal", "vertical", "diagonal"), details, strict=True):
            features[f"haar_{name}_{level}"] = float(
                np.log(np.mean(detail * detail, dtype=np.float64) + _FLOOR)
            )
    return features


def haar_step(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], tuple[NDArray[np.float32], ...]]:
    """Approximation and (horizontal, vertical, diagonal) details, half the side; an odd last line drops."""
    height, width = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    a, b = grey[0:height:2, 0:width:2], grey[0:height:2, 1:width:2]
    c, d = grey[1:height:2, 0:width:2], grey[1:height:2, 1:width:2]
    half = np.float32(0.5)
    return half * (a + b + c + d), (half * (a + b - c - d), half * (a - b + c - d), half * (a - b - c + d))
