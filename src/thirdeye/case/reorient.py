"""Volumes turned into another of the 48 orientations, and results brought back exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import turn_affine, turn_voxels
from thirdeye.case.volume import Volume


def reoriented(volume: Volume, to: str) -> Volume:
    """The same volume with its voxels stored in the orientation `to` ("RAS"); nothing is resampled.

    An oblique volume keeps its angle: each index gets the closest direction. Voxels are a view.

    Raises:
        ValueError: `to` is not an orientation.
    """
    geometry = volume.geometry
    return replace(
        volume,
        voxels=turn_voxels(volume.voxels, geometry.orientation, to),
        geometry=Geometry(turn_affine(geometry.affine, volume.voxels.shape, to)),
    )


def returned(voxels: NDArray[np.generic], code: str, like: Geometry) -> NDArray[np.generic]:
    """Voxels on a turned grid (a mask found in "RAS") back on the grid that they came from.

    The result belongs to the geometry `like` itself, whose affine is therefore kept bit by bit; turning an
    affine back by arithmetic could be a rounding away.

    Args:
        voxels: (I, J, K) or (I, J, K, C) in the orientation `code`.
        code: the orientation that `reoriented` was asked for.
        like: geometry of the volume before it was turned.
    """
    return turn_voxels(voxels, code, like.orientation)
