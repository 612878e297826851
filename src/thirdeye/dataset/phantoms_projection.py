"""Line integrals through the made-up thorax: what an X-ray meets on its way, in millimetres.

Ellipsoids are cut by parallel rays in closed form, so unions and intersections along a ray are lengths of
intervals. Tubes are projected in the frequency domain: a ray at distance rho from the axis of a cylinder of
radius R, inclined by phi, runs 2 sqrt(R^2 - rho^2) / sin(phi) inside it, which is the centre line, weighted
with its true length, convolved with the indicator of a disc of radius R; the disc's transform is
R J1(2 pi R f) / f (Bracewell, The Fourier Transform and Its Applications, ch. 13). The distance of the source
(1.8 m in a real chest stand) is taken as infinite: no magnification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fftfreq, irfft2, rfft2, rfftfreq
from scipy.special import j1

from thirdeye.dataset.phantoms_anatomy import Anatomy, Ellipsoid
from thirdeye.dataset.phantoms_tubes import Tubes

Floats = NDArray[np.float64]
Window = tuple[slice, slice]
EVERYWHERE: Window = (slice(None), slice(None))
LUNG_DENSITY = 0.24
MARGIN_PX = 12
RADII_PER_OCTAVE = 2
SOFTENING_PX = 0.5


@dataclass(frozen=True)
class Detector:
    """A flat detector facing the patient.

    Args:
        rows, columns: of the matrix.
        pixel_mm: side of a square pixel.
    """

    rows: int
    columns: int
    pixel_mm: float

    def axes(self) -> tuple[Floats, Floats]:
        """x of the columns and z of the rows (mm); row 0 is at the head, column 0 at the patient's right."""
        x = (np.arange(self.columns, dtype=np.float64) - (self.columns - 1) / 2) * self.pixel_mm
        z = ((self.rows - 1) / 2 - np.arange(self.rows, dtype=np.float64)) * self.pixel_mm
        return x, z

    def window(self, solid: Ellipsoid) -> Window:
        """The part of the matrix that a solid's shadow lies in."""
        reach = np.sqrt(np.diag(np.linalg.inv(solid.shape)))
        low, high = self.pixel_of(solid.centre - reach), self.pixel_of(solid.centre + reach)
        rows = slice(max(0, int(high[0])), max(0, int(low[0]) + 2))
        return rows, slice(max(0, int(low[1])), max(0, int(high[1]) + 2))

    def pixel_of(self, point: Floats) -> tuple[float, float]:
        """(row, column) under a point of the patient's frame (mm)."""
        row = (self.rows - 1) / 2 - point[2] / self.pixel_mm
        return float(row), float((self.columns - 1) / 2 + point[0] / self.pixel_mm)


@dataclass(frozen=True)
class Paths:
    """What a ray to each pixel has passed.

    Args:
        soft_mm: (rows, columns) length in soft tissue, as water of density 1.
        bone_mm: (rows, columns) length in bone, as cortical bone.
    """

    soft_mm: Floats
    bone_mm: Floats


def project(anatomy: Anatomy, detector: Detector) -> Paths:
    """Line integrals of the anatomy along y."""
    body = _spanned(*crossings(anatomy.body, detector))
    air = covered(*crossings(anatomy.gas, detector))
    for lung in anatomy.lungs:
        window = detector.window(lung)
        air[window] += (1 - LUNG_DENSITY) * _uncovered(
            crossings([lung], detector, window), crossings(anatomy.organs, detector, window)
        )
    in_lung = tube_lengths(anatomy.vessels, detector) + _weighted(anatomy.nodules, detector)
    bone = np.maximum(tube_lengths(anatomy.bones, detector) + _weighted(anatomy.plates, detector), 0)
    bone[body == 0] = 0
    soft = body - air + (1 - LUNG_DENSITY) * in_lung + tube_lengths(anatomy.airways, detector)
    return Paths(soft_mm=np.maximum(soft - bone, 0), bone_mm=bone)


def crossings(
    solids: Sequence[Ellipsoid], detector: Detector, window: Window = EVERYWHERE
) -> tuple[Floats, Floats]:
    """Where each ray enters and leaves each solid: two (E, h, w) arrays of y in mm.

    A ray that misses has both at the centre's depth: an interval of length 0.
    """
    x_all, z_all = detector.axes()
    x_all, z_all = x_all[window[1]], z_all[window[0]]
    starts = np.empty((len(solids), z_all.size, x_all.size))
    ends = np.empty_like(starts)
    for index, solid in enumerate(solids):
        x, z = x_all[None, :] - solid.centre[0], z_all[:, None] - solid.centre[2]
        shape = solid.shape / solid.shape[1, 1]
        half = shape[0, 1] * x + shape[1, 2] * z
        rest = (shape[0, 0] * x**2 - 1 / solid.shape[1, 1]) + z * (2 * shape[0, 2] * x + shape[2, 2] * z)
        root = half**2 - rest
        hit = root > 0
        reach = np.sqrt(root, out=np.zeros_like(root), where=hit)
        middle = solid.centre[1] - half * hit
        starts[index], ends[index] = middle - reach, middle + reach
    return starts, ends


def covered(starts: Floats, ends: Floats) -> Floats:
    """Length of the union of intervals along each ray: (E, h, w) twice to (h, w).

    Once i + 1 intervals have ended, a gap follows where the next one has not begun; so starts and ends can
    be sorted apart.
    """
    if len(starts) == 0:
        return np.zeros(starts.shape[1:])
    starts, ends = np.sort(starts, axis=0), np.sort(ends, axis=0)
    gaps = np.maximum(starts[1:] - ends[:-1], 0).sum(axis=0)
    length: Floats = ends[-1] - starts[0] - gaps
    return length


def _spanned(starts: Floats, ends: Floats) -> Floats:
    """From first entry to last exit: the union of solids that overlap, as the parts of a body do."""
    missed = ends <= starts
    first = np.where(missed, np.inf, starts).min(axis=0)
    last = np.where(missed, -np.inf, ends).max(axis=0)
    return np.maximum(last - first, 0)


def _uncovered(one: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> Floats:
    """Length of one solid's interval that none of the others covers, (h, w)."""
    starts = np.clip(others[0], one[0], one[1])
    ends = np.clip(others[1], one[0], one[1])
    return (one[1] - one[0])[0] - covered(starts, ends)


def _weighted(solids: Sequence[Ellipsoid], detector: Detector) -> Floats:
    total = np.zeros((detector.rows, detector.columns))
    for solid in solids:
        window = detector.window(solid)
        starts, ends = crossings([solid], detector, window)
        total[window] += solid.density * (ends - starts)[0]
    return total


def tube_lengths(tubes: Tubes, detector: Detector) -> Floats:
    """Length (times density) inside the tubes along each ray, (rows, columns), in mm."""
    shape = (detector.rows + 2 * MARGIN_PX, detector.columns + 2 * MARGIN_PX)
    levels = np.round(np.log2(tubes.radius) * RADII_PER_OCTAVE).astype(int)
    spectrum = np.zeros((shape[0], shape[1] // 2 + 1), complex)
    for level in np.unique(levels):
        chosen = levels == level
        radius = 2.0 ** (level / RADII_PER_OCTAVE)
        # What rounding the radius does to the cross-section is given back to the weight.
        weight = tubes.weight[chosen] * (tubes.radius[chosen] / radius) ** 2
        line = _deposit(tubes.points[chosen], weight, detector, shape)
        spectrum += rfft2(line) * _disc(radius, shape, detector.pixel_mm)
    return irfft2(spectrum, s=shape)[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]


@lru_cache(maxsize=64)
def _disc(radius: float, shape: tuple[int, int], pixel_mm: float) -> Floats:
    """Transfer function of a disc of radius `radius` mm, height 1, on a grid of `shape` pixels.

    A blur of SOFTENING_PX keeps the cut at the grid's highest frequency from ringing.
    """
    frequency = np.hypot(rfftfreq(shape[1])[None, :], fftfreq(shape[0])[:, None]) / pixel_mm
    frequency[0, 0] = 1e-9
    soft = np.exp(-2 * (np.pi * SOFTENING_PX * pixel_mm * frequency) ** 2)
    return radius * j1(2 * np.pi * radius * frequency) / frequency / pixel_mm**2 * soft


def _deposit(points: Floats, weight: Floats, detector: Detector, shape: tuple[int, int]) -> Floats:
    """Put weights on the grid, each shared by its four nearest pixels."""
    row = (shape[0] - 1) / 2 - points[:, 2] / detector.pixel_mm
    column = (shape[1] - 1) / 2 + points[:, 0] / detector.pixel_mm
    on_grid = (row >= 0) & (row < shape[0] - 1) & (column >= 0) & (column < shape[1] - 1)
    row, column, weight = row[on_grid], column[on_grid], weight[on_grid]
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    down, right = row - top, column - left
    flat = top * shape[1] + left
    index = np.concatenate([flat, flat + 1, flat + shape[1], flat + shape[1] + 1])
    share = np.concatenate([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right])
    grid: Floats = np.bincount(index, np.tile(weight, 4) * share, minlength=shape[0] * shape[1]).astype(float)
    return grid.reshape(shape)
