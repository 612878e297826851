"""Distances between surface elements: the other convention for borders of masks, named after it.

The surface runs between pixels: every corner where inside and outside meet carries an element with its
length or area, from marching squares and cubes (Lorensen & Cline 1987), and distances are weighted by it
(Nikolov et al. 2021, J Med Internet Res 23:e26151). `surface_distance.py` counts border voxels by their
centres instead; the numbers differ, and so do their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.overlap import Mask, check_masks, check_spacing

Array = NDArray[np.float64]

# Triangles of the 2 x 2 x 2 corners with at most four inside, by code: three edges each, in hexadecimal.
# An edge is its axis times 4 plus its place on the other two axes. With more than four inside, the surface
# is that of the complement.
_TRIANGLES = (
    "7b3 2b6 372276 a71 1a33ab 71a2b6 62a21a231 06a b3706a a0bb02 a07037023 061167 b36306310 71b12b102 "
    "031023 395 7b55b9 95362b 952562576 395a71 1a5a95ab9 a719532b6 62aa21291951 3956a0 95b57b06a "
    "a0b02b539 57970902907a 061671953 b950b51056b0 395271021b72 924 2497b3 49669b 379749764 a71249 "
    "1a3ab3492 4969b61a7 3191696491a6 6a0924 924a067b3 4909a09ba 3799747a4a04 716106924 2490b31036b0 "
    "1070979b7904 534432 24b47b457 b63653645 745764 243453a71 ab1b414514b2 a71b53b65645 534324a06 "
    "6a0724574b27 4505b0ba053b 071670453243 158 581b37 158b62 627237815 a78875 5838b38ab 5878a72b6 "
    "235a258a52a6 1586a0 815b376a0 2b0ba0581 1583a02307a3 068658675 6b3635065805 0282787582b7 391198 "
    "7b1b81b98 81913962b 761691981629 3979a798a a98b9a 2b63a739a98a 3919816a0 6a07817b8b98 02a2ba198139 "
    "980790670973 815249 158249b37 b69649158 581437647934 a78758249 924b58ab835b 9b4b648758a7 5816a0249 "
    "15806a249b37 815a49ba904a 249058065675 814124132 b24b487b8178 64836813863b 8a7287327482 "
    "06a281321482 408 408b37 084b62 372762840 a71408 b3a31a408 40871ab62 40861a621231 84aa46 84a46a37b "
    "2b4b84ba8 a87827237842 841471467 46863831836b 2b44b8b78718 408395 7b5b95084 39508462b 408695765296 "
    "08439571a 0841951a9ab9 62b39540871a 6a4a84395 795b97a846a4 3952842b8ba8 953871847467 928820 "
    "0828927b3 0868b689b 890970760793 92820871a 90820931ab3a a71b089b860b 6a2a92a89 b3796a89a269 9a89ba "
    "671961891269 538308320 208728578b27 b63365605085 71a508530320 3252a5a85a26 405501 405015b37 "
    "150540b62 763623501540 a70740754 540b50ab035b b62a40a74754 15a56a546 7b3615465a16 ba14b1541b42 "
    "475674 409039013 017907b97094 62b439403013 739794a740a4 139619469a16 925215201 b37915921201 "
    "9b5b05015b60 75907920970a 26a2a1921591 301203"
)
_CORNERS = np.array([[[128, 64], [32, 16]], [[8, 4], [2, 1]]])


@dataclass(frozen=True)
class SurfaceElements:
    """Distances in mm from every element of one surface to the nearest of the other, with its size.

    Args:
        to_prediction, reference_size: (r,) from the reference; length in mm or area in mm^2.
        to_reference, predicted_size: (p,) from the prediction.
    """

    to_prediction: Array
    reference_size: Array
    to_reference: Array
    predicted_size: Array

    @property
    def hd95_surfel(self) -> float:
        """Larger of the two directed 95th percentiles, elements counting by their size."""
        return self.percentile(95)

    @property
    def asd_reference_to_prediction_surfel(self) -> float:
        """Mean distance from the reference, elements counting by their size."""
        return float(np.average(self.to_prediction, weights=self.reference_size))

    @property
    def asd_prediction_to_reference_surfel(self) -> float:
        """Mean distance from the prediction, elements counting by their size."""
        return float(np.average(self.to_reference, weights=self.predicted_size))

    def percentile(self, percent: float) -> float:
        """Larger of the two directed percentiles; 100 is the Hausdorff distance.

        Raises:
            UsageError: not above 0 and at most 100.
        """
        if not 0 < percent <= 100:
            raise UsageError(f"a percentile lies above 0 and at most at 100, got {percent}")
        pairs = (self.to_prediction, self.reference_size), (self.to_reference, self.predicted_size)
        return max(_weighted_percentile(away, size, percent / 100) for away, size in pairs)

    def nsd_surfel(self, tolerance_mm: float) -> float:
        """Share of both surfaces, by size, within `tolerance_mm` of the other ("surface Dice").

        Raises:
            UsageError: a tolerance below 0.
        """
        if not tolerance_mm >= 0:
            raise UsageError(f"a tolerance is 0 mm or more, got {tolerance_mm}")
        near = self.reference_size[self.to_prediction <= tolerance_mm].sum()
        near += self.predicted_size[self.to_reference <= tolerance_mm].sum()
        return float(near / (self.reference_size.sum() + self.predicted_size.sum()))


def surface_elements(reference: Any, predicted: Any, *, spacing: Any = None) -> SurfaceElements | None:
    """Distances between the surfaces of two masks, element by element.

    Args:
        reference, predicted: arrays of one shape with two or three axes, of 0 and 1.
        spacing: distance of neighbours along each axis, in mm; None counts pixels.

    Returns:
        None where a mask is empty: there is no distance, the case counts as a miss.

    Raises:
        UsageError, DataRefused: as `overlap`; or another number of axes.
    """
    from scipy.spatial import cKDTree

    truth, found = check_masks(reference, predicted)
    if truth.ndim not in (2, 3):
        raise UsageError(f"surface elements are of two or three dimensions, got {truth.ndim}")
    size = check_spacing(spacing, truth.ndim)
    if not truth.any() or not found.any():
        return None
    sizes = _sizes(tuple(float(one) for one in size))
    surfaces = [_elements(mask, sizes) for mask in (truth, found)]
    points = [places * size for places, _ in surfaces]
    trees = [cKDTree(part, balanced_tree=False, compact_nodes=False) for part in points]
    away = trees[1].query(points[0])[0], trees[0].query(points[1])[0]
    return SurfaceElements(away[0], surfaces[0][1], away[1], surfaces[1][1])


def _weighted_percentile(away: Array, size: Array, share: float) -> float:
    order = np.argsort(away, kind="stable")
    reached = np.cumsum(size[order]) / size.sum()
    return float(away[order][min(int(np.searchsorted(reached, share)), away.size - 1)])


def _elements(mask: Mask, sizes: Array) -> tuple[Array, Array]:
    """Corners between pixels at which the surface passes, (m, d), and the size of the element there."""
    corners = _CORNERS if mask.ndim == 3 else _CORNERS[1]
    padded = np.pad(mask, 1)
    code = np.zeros([length - 1 for length in padded.shape], dtype=np.int16)
    for place in np.ndindex(*corners.shape):
        window = tuple(slice(at, at + length) for at, length in zip(place, code.shape, strict=True))
        code += padded[window] * corners[place]
    at = np.argwhere((code > 0) & (code < sizes.size - 1))
    return at.astype(np.float64), sizes[code[tuple(at.T)]]


@cache
def _sizes(spacing: tuple[float, ...]) -> Array:
    """Length (16,) or area (256,) of the element of each code."""
    sizes = _lengths(spacing) if len(spacing) == 2 else _areas(spacing)
    sizes.setflags(write=False)
    return sizes


def _lengths(spacing: tuple[float, ...]) -> Array:
    corner = float(np.hypot(spacing[0], spacing[1])) / 2
    lengths = np.zeros(16)
    for code in range(1, 15):
        inside = (code & _CORNERS[1]) > 0
        rows, columns = inside.sum(axis=1), inside.sum(axis=0)
        if inside.sum() in (1, 3):
            lengths[code] = corner
        elif (rows == 1).all() and (columns == 1).all():  # two corners across: one piece around each
            lengths[code] = 2 * corner
        else:
            lengths[code] = spacing[1] if (rows != 1).all() else spacing[0]
    return lengths


def _areas(spacing: tuple[float, ...]) -> Array:
    few = [code for code in range(1, 255) if code.bit_count() <= 4]
    areas = np.zeros(256)
    for code, edges in zip(few, _TRIANGLES.split(), strict=True):
        corners = np.array([_middle(int(edge, 16)) for edge in edges]) * np.asarray(spacing)
        a, b, c = corners.reshape(-1, 3, 3).transpose(1, 0, 2)
        areas[code] = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    for code in range(1, 255):
        if code.bit_count() > 4:
            areas[code] = areas[255 - code]
    return areas


def _middle(edge: int) -> list[float]:
    """Middle of an edge of the unit cube."""
    axis, rest = divmod(edge, 4)
    place = [float(rest // 2), float(rest % 2)]
    place.insert(axis, 0.5)
    return place
