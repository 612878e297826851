"""Zones: connected elements of one grey level, GLSZM (Thibault 2009; IBSI 3.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.transform.radiomics.emphasis import emphases
from thirdeye.transform.radiomics.region import Region


def zone_sizes(region: Region) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Grey level and size (elements) of every zone; neighbours touch by a face, an edge or a corner."""
    structure = np.ones((3,) * region.levels.ndim, dtype=bool)
    levels, sizes = [], []
    for level in np.unique(region.levels[region.inside]):
        labels, _ = ndimage.label(region.levels == level, structure)
        found = np.bincount(labels.ravel())[1:]
        levels.append(np.full(len(found), level, dtype=np.intp))
        sizes.append(found)
    return np.concatenate(levels), np.concatenate(sizes)


def zone_features(region: Region) -> dict[str, float]:
    """The sixteen features of the IBSI."""
    levels, sizes = zone_sizes(region)
    kinds, column = np.unique(sizes, return_inverse=True)
    table = np.zeros((region.n_levels, len(kinds)))
    np.add.at(table, (levels - 1, column), 1)
    found = emphases(table, small="small_zone", large="large_zone", what="zone", lengths=kinds)
    return found | {"zone_percentage": len(sizes) / region.size}
