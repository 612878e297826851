"""What was marked, in numbers with units: size, longest diameter, number of pieces; and its outline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.region import Region

MOST_POINTS = 4000  # of a border, among which the farthest pair is sought

Labels = NDArray[np.uint8]


def regions_of(labels: Labels, structures: Sequence[str], spacing: Sequence[float] | None) -> list[Region]:
    """Every structure that is there.

    Args:
        labels: on the image's own grid; structure number i + 1 is ``structures[i]``.
        structures: names.
        spacing: mm between neighbours along each axis; None where unknown, then all is in pixels.
    """
    return [
        _region(labels == number, name, spacing)
        for number, name in enumerate(structures, start=1)
        if (labels == number).any()
    ]


def outlines(mask: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Closed outlines of a (H, W) mask: (n, 2) of (column, row); pixel centres are whole numbers."""
    from contourpy import contour_generator

    padded = np.pad(mask.astype(np.float64), 1)
    lines = contour_generator(z=padded).lines(0.5)
    return [np.asarray(line) - 1 for line in lines]


def _region(mask: NDArray[np.bool_], name: str, spacing: Sequence[float] | None) -> Region:
    from scipy import ndimage

    steps = np.ones(mask.ndim) if spacing is None else np.asarray(spacing, float)
    count = int(mask.sum())
    unit = "px" if spacing is None else "mm2" if mask.ndim == 2 else "ml"
    size = count * float(np.prod(steps)) / (1000 if unit == "ml" else 1)
    pieces, n_pieces = ndimage.label(mask, np.ones((3,) * mask.ndim))
    spans = ndimage.find_objects(pieces)
    low = [min(span[axis].start for span in spans) for axis in range(mask.ndim)]
    high = [max(span[axis].stop for span in spans) - 1 for axis in range(mask.ndim)]
    return Region(
        structure=name,
        size=size,
        size_unit=unit,
        diameter=_longest_of_a_piece(pieces, spans, steps),
        length_unit="px" if spacing is None else "mm",
        pieces=int(n_pieces),
        box=tuple(zip(low, high, strict=True)),
    )


def _longest_of_a_piece(pieces: NDArray[np.int32], spans: list[Any], steps: NDArray[np.float64]) -> float:
    """Longest diameter of a single piece; pieces with a shorter box are passed by."""
    best = 0.0
    reach = [
        float(np.linalg.norm([(s.stop - s.start - 1) * d for s, d in zip(span, steps, strict=True)]))
        for span in spans
    ]
    for index in np.argsort(reach)[::-1]:
        if reach[index] <= best:
            break
        places = np.argwhere(pieces[spans[index]] == index + 1)
        best = max(best, _longest(places * steps))
    return best


def _longest(places: NDArray[np.float64]) -> float:
    """Largest distance between two places: between corners of their hull, where there is one."""
    from scipy.spatial import ConvexHull, QhullError
    from scipy.spatial.distance import pdist

    corners = _without_flat_directions(places)
    if corners.shape[1] == 1:
        return float(np.ptp(corners))
    if len(corners) > corners.shape[1] + 1:
        try:
            corners = corners[ConvexHull(corners).vertices]
        except QhullError:  # too few places off a line or plane
            corners = corners[:: max(1, len(corners) // MOST_POINTS)]
    if len(corners) > MOST_POINTS:
        corners = corners[:: len(corners) // MOST_POINTS + 1]
    return float(pdist(corners).max()) if len(corners) > 1 else 0.0


def _without_flat_directions(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places in as many coordinates as they spread in: what lies in one slice has a hull in its plane."""
    centred = places - places.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    spread = variances > 1e-12 * max(float(variances.max()), 1e-300)
    if spread.all():
        return places
    return np.asarray(centred @ directions[:, spread | (np.arange(len(spread)) == len(spread) - 1)])
