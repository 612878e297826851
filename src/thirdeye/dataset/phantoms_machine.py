"""How a machine turns line integrals into a picture: attenuation, scatter, noise, blur, display.

I = I0 exp(-(mu_soft l_soft + mu_bone l_bone)) (Beer-Lambert). Scatter is a wide blur of the primary image,
the first-order model of Seibert and Boone (Medical Physics 15, 1988); counts are Poisson; the detector blurs;
the display takes the logarithm, may sharpen, and applies the sigmoid of DICOM PS3.3 C.11.2.1.3.1.
Attenuation coefficients: NIST tables of Hubbell and Seltzer (NISTIR 5632), water and cortical bone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fftfreq, irfft2, next_fast_len, rfft2, rfftfreq

from thirdeye.dataset.phantoms_projection import Detector, Paths

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Machine:
    """An X-ray machine and its post-processing.

    Args:
        name: of the hospital that owns it.
        detector: its matrix.
        soft_per_mm, bone_per_mm: linear attenuation at the effective energy.
        photons: counts per pixel in the open field.
        scatter: scattered over primary counts behind the grid, averaged over the image.
        scatter_mm, blur_mm: standard deviations of the scatter kernel and of the detector's blur.
        sharpening: share of the fine structure that post-processing adds.
        sharpening_mm: what counts as fine.
        contrast: 1 spreads the sigmoid over the whole image; more is steeper.
    """

    name: str
    detector: Detector
    soft_per_mm: float
    bone_per_mm: float
    photons: float
    scatter: float
    scatter_mm: float
    blur_mm: float
    sharpening: float
    sharpening_mm: float
    contrast: float


# 80 keV (a tube at about 120 kV, with a grid) and 60 keV (about 85 kV, a mobile machine without a grid).
MACHINES = (
    Machine(
        name="hospital-a",
        detector=Detector(rows=192, columns=192, pixel_mm=1.85),
        soft_per_mm=0.01837,
        bone_per_mm=0.0428,
        photons=60_000,
        scatter=0.25,
        scatter_mm=45,
        blur_mm=0.9,
        sharpening=1.0,
        sharpening_mm=22,
        contrast=1.1,
    ),
    Machine(
        name="hospital-b",
        detector=Detector(rows=208, columns=192, pixel_mm=1.8),
        soft_per_mm=0.02059,
        bone_per_mm=0.0604,
        photons=25_000,
        scatter=0.7,
        scatter_mm=40,
        blur_mm=1.5,
        sharpening=0.7,
        sharpening_mm=26,
        contrast=1.1,
    ),
)


def expose(paths: Paths, machine: Machine, rng: np.random.Generator) -> NDArray[np.uint16]:
    """One exposure: (rows, columns) uint16 over the full range, bone bright."""
    pixel = machine.detector.pixel_mm
    primary = np.exp(-machine.soft_per_mm * paths.soft_mm - machine.bone_per_mm * paths.bone_mm)
    scattered = machine.scatter * blurred(primary, machine.scatter_mm / pixel)
    counts = rng.poisson(machine.photons * np.maximum(primary + scattered, 0)).astype(float)
    signal = np.maximum(blurred(counts, machine.blur_mm / pixel), 1.0) / machine.photons
    return display(-np.log(signal), machine)


def display(density: Floats, machine: Machine) -> NDArray[np.uint16]:
    """Sharpen and window an image of -log(signal); the window spans the 2nd to the 99.5th percentile."""
    fine = density - blurred(density, machine.sharpening_mm / machine.detector.pixel_mm)
    sharp = density + machine.sharpening * fine
    low, high = np.percentile(sharp, [2.0, 99.5])
    grey = 1.0 / (1.0 + np.exp(-4.0 * machine.contrast * (sharp - (low + high) / 2) / (high - low)))
    floor, top = grey.min(), grey.max()
    return np.round((grey - floor) / (top - floor) * 65535).astype(np.uint16)


def blurred(image: Floats, sigma_px: float) -> Floats:
    """Gaussian blur in the frequency domain; the border is mirrored over three standard deviations."""
    reach = min(int(np.ceil(3 * sigma_px)), min(image.shape) - 1)
    padded = np.pad(image, reach, mode="symmetric")
    shape = (next_fast_len(padded.shape[0], real=True), next_fast_len(padded.shape[1], real=True))
    smooth = irfft2(rfft2(padded, s=shape) * _gauss(sigma_px, shape), s=shape)
    return smooth[reach : reach + image.shape[0], reach : reach + image.shape[1]]


@lru_cache(maxsize=32)
def _gauss(sigma_px: float, shape: tuple[int, int]) -> Floats:
    """Transfer function of a Gaussian, separable, on a grid of `shape` pixels."""
    down, across = fftfreq(shape[0]), rfftfreq(shape[1])
    return np.exp(-2 * (np.pi * sigma_px) ** 2 * (down[:, None] ** 2 + across[None, :] ** 2))
