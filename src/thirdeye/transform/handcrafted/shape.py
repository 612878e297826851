"""Shape of the most prominent object: place, size, outline and contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.transform.handcrafted.picture import Picture

_SECTORS = 36
_NAMES = (
    "threshold",
    "is_dark",
    "area",
    "regions",
    "offset",
    "eccentricity",
    "compactness",
    "extent",
    "radius_variation",
    "outline_roughness",
    "border_contact",
    "asymmetry",
    "contrast",
    "inner_spread",
)


def shape(picture: Picture) -> dict[str, float]:
    """Size, place, roundness, border irregularity, asymmetry and contrast of the main object, else 0."""
    place = picture.foreground
    values = dict.fromkeys(_NAMES, 0.0)
    values |= {
        "threshold": place.threshold,
        "is_dark": float(place.is_dark),
        "regions": float(place.n_regions),
    }
    if place.found:
        values |= outline(place.region) | _inside(place.region, picture.stretched)
    return {f"shape_{name}": value for name, value in values.items()}


def outline(region: NDArray[np.bool_]) -> dict[str, float]:
    """Geometry of one region (S, S).

    Compactness is 4 pi area / perimeter^2 with the perimeter as the count of border pixels; eccentricity is
    that of the ellipse with equal second moments; radius variation and roughness describe the distance of the
    border from the centre over 36 sectors (spread, and mean step between neighbouring sectors, relative to
    the mean).
    """
    side = region.shape[0]
    rows, cols = np.nonzero(region)
    centre = rows.mean(), cols.mean()
    inner = ndimage.binary_erosion(region)
    border_rows, border_cols = np.nonzero(region & ~inner)
    radius = radius_by_sector(border_rows - centre[0], border_cols - centre[1])
    box = (np.ptp(rows) + 1) * (np.ptp(cols) + 1)
    contact = np.concatenate([region[0], region[-1], region[:, 0], region[:, -1]]).mean()
    middle = (side - 1) / 2
    return {
        "area": rows.size / side**2,
        "offset": float(np.hypot(centre[0] - middle, centre[1] - middle)) / side,
        "eccentricity": _eccentricity(rows, cols),
        "compactness": 4 * np.pi * rows.size / border_rows.size**2,
        "extent": rows.size / float(box),
        "radius_variation": float(radius.std() / max(radius.mean(), 1e-6)),
        "outline_roughness": float(
            np.abs(np.diff(radius, append=radius[:1])).mean() / max(radius.mean(), 1e-6)
        ),
        "border_contact": float(contact),
        "asymmetry": _asymmetry(region, centre),
    }


def radius_by_sector(rows: NDArray[np.floating], cols: NDArray[np.floating]) -> NDArray[np.float64]:
    """Largest distance from the origin in each of 36 sectors, 0 in an empty one."""
    sector = ((np.arctan2(rows, cols) / (2 * np.pi) + 0.5) * _SECTORS).astype(np.intp) % _SECTORS
    radius = np.zeros(_SECTORS)
    np.maximum.at(radius, sector, np.hypot(rows, cols))
    return radius


def _eccentricity(rows: NDArray[np.intp], cols: NDArray[np.intp]) -> float:
    spread = np.cov(np.stack([rows, cols]).astype(np.float64), bias=True) + np.eye(2) / 12
    small, large = np.linalg.eigvalsh(spread)
    return float(np.sqrt(max(0.0, 1 - small / large)))


def _asymmetry(region: NDArray[np.bool_], centre: tuple[float, float]) -> float:
    """Share of the region that is not met again after half a turn about its centre."""
    rows, cols = np.nonzero(region)
    turned_rows = np.rint(2 * centre[0] - rows).astype(np.intp)
    turned_cols = np.rint(2 * centre[1] - cols).astype(np.intp)
    side = region.shape[0]
    inside = (turned_rows >= 0) & (turned_rows < side) & (turned_cols >= 0) & (turned_cols < side)
    met = region[turned_rows[inside], turned_cols[inside]].sum()
    return 1 - float(met) / rows.size


def _inside(region: NDArray[np.bool_], grey: NDArray[np.float32]) -> dict[str, float]:
    inner, outer = grey[region], grey[~region]
    contrast = float(inner.mean() - outer.mean()) if outer.size else 0.0
    return {"contrast": contrast, "inner_spread": float(inner.std())}
