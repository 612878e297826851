"""All measures of one region, of an image or a volume, as one dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thirdeye.transform.radiomics.cooccurrence import cooccurrence_features, cooccurrence_matrix
from thirdeye.transform.radiomics.dependence import dependence_features
from thirdeye.transform.radiomics.first_order import first_order, histogram_statistics
from thirdeye.transform.radiomics.region import Region, discretised
from thirdeye.transform.radiomics.runs import run_features
from thirdeye.transform.radiomics.shape_2d import shape_2d
from thirdeye.transform.radiomics.shape_3d import shape_3d
from thirdeye.transform.radiomics.tone import tone_features
from thirdeye.transform.radiomics.zones import zone_features

BINS = 32


def describe_region(
    image: Any,
    mask: Any,
    *,
    spacing_mm: Sequence[float] | None = None,
    n_bins: int | None = None,
    width: float | None = None,
) -> dict[str, float]:
    """First-order statistics, form and texture of a region, by the definitions of the IBSI.

    Neither the image nor its mask is resampled: for texture that can be compared between devices, resample to
    equal spacing first. Names begin with their family: ``firstorder_``, ``shape_``, ``glcm_``, ``glrlm_``,
    ``glszm_``, ``ngtdm_``, ``gldm_``.

    Args:
        image: grey values, 2-D or 3-D; those that are not finite count as outside.
        mask: the same shape, true inside.
        spacing_mm: distance between elements along each axis; 1 by default.
        n_bins: grey levels between the least and the largest value inside; 32 by default.
        width: width of a grey level instead (for values with a unit, such as HU).

    Raises:
        UsageError: an empty mask, or shapes that do not match.
        MissingExtra: a volume, and scikit-image is not installed.
    """
    region = discretised(
        image, mask, n_bins=BINS if n_bins is None and width is None else n_bins, width=width
    )
    steps = tuple(spacing_mm) if spacing_mm is not None else (1.0,) * region.levels.ndim
    values = np.asarray(image, dtype=np.float64)[region.inside]
    counts = np.bincount(region.levels[region.inside])
    form = shape_2d if region.levels.ndim == 2 else shape_3d
    families = {
        "firstorder": first_order(values) | histogram_statistics(counts),
        "shape": form(region.inside, spacing_mm=steps),
    }
    return named(families) | texture(region)


def texture(region: Region) -> dict[str, float]:
    """The five matrices: co-occurrence, runs, zones, tone differences, dependences."""
    return named(
        {
            "glcm": cooccurrence_features(cooccurrence_matrix(region)),
            "glrlm": run_features(region),
            "glszm": zone_features(region),
            "ngtdm": tone_features(region),
            "gldm": dependence_features(region),
        }
    )


def named(families: dict[str, dict[str, float]]) -> dict[str, float]:
    """One dictionary of all, each name with its family in front."""
    return {f"{family}_{name}": value for family, found in families.items() for name, value in found.items()}
