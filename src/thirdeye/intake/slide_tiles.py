"""The tiles of a slide that show tissue, at a stated resolution."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.intake.formats.slide import OVERVIEW_PX
from thirdeye.intake.reference import as_path
from thirdeye.intake.slide_open import microns_per_pixel, opened_slide, read_region
from thirdeye.intake.slide_tissue import tissue_mask


def tiles_of(
    root: Path,
    slide: str,
    *,
    mpp: float,
    size_px: int = 256,
    min_tissue: float = 0.5,
    step: float = 1.0,
) -> pd.DataFrame:
    """A regular grid of square tiles over the tissue of a slide.

    Args:
        root: what references start from.
        slide: reference of the slide.
        mpp: microns per pixel of the tiles (0.25 is about 40x, 0.5 about 20x, 1 about 10x).
        size_px: side of a tile in pixels.
        min_tissue: share of a tile that must be tissue, 0 to 1.
        step: distance of neighbouring tiles as a share of their side; below 1 they overlap.

    Returns:
        One row per tile, from the upper left: ``image`` (a reference that `thirdeye.intake.pixels.load`
        reads), ``case`` (the slide), ``x``, ``y`` (upper left corner in pixels of the finest level),
        ``tissue`` (share).

    Raises:
        UsageError: an argument is out of range, or finer than the slide was scanned.
        UnreadableFile: damaged, or the slide does not say its resolution.
    """
    if not (mpp > 0 and size_px > 0 and 0 <= min_tissue <= 1 and 0 < step <= 1):
        raise UsageError(
            f"tiles need mpp and size_px above 0, min_tissue of 0 to 1 and step above 0 to 1; got mpp={mpp}, "
            f"size_px={size_px}, min_tissue={min_tissue}, step={step}"
        )
    with opened_slide(as_path(root, slide), slide) as opened:
        stated = microns_per_pixel(opened)
        if stated is None:
            raise UnreadableFile(slide, "does not say its resolution, so its tiles would be of unknown size")
        if mpp < 0.9 * min(stated):
            raise UsageError(f"'{slide}' was scanned at {min(stated):g} microns per pixel; {mpp:g} is finer")
        width, height = opened.dimensions
        shrink = max(width, height) / OVERVIEW_PX
        small = max(1, round(width / max(1.0, shrink))), max(1, round(height / max(1.0, shrink)))
        overview = read_region(opened, slide, (0, 0), (width, height), small)
    side = size_px * mpp / stated[0], size_px * mpp / stated[1]
    xs, ys = (_starts(full, one, step) for full, one in zip((width, height), side, strict=True))
    shares = _shares(tissue_mask(overview), (width, height), xs, ys, side)
    rows, columns = np.nonzero((shares >= min_tissue) & (shares > 0))
    return pd.DataFrame(
        {
            "image": [
                f"{slide}#tile={xs[c]},{ys[r]},{size_px},{mpp:g}" for r, c in zip(rows, columns, strict=True)
            ],
            "case": slide,
            "x": xs[columns],
            "y": ys[rows],
            "tissue": shares[rows, columns].round(4),
        }
    )


def _starts(full: int, side: float, step: float) -> np.ndarray:
    """Where tiles begin along one axis; all of them lie inside."""
    count = int((full - side) // (side * step)) + 1 if full >= side else 0
    return np.rint(np.arange(count) * side * step).astype(np.int64)


def _shares(
    mask: np.ndarray, full: tuple[int, int], xs: np.ndarray, ys: np.ndarray, side: tuple[float, float]
) -> np.ndarray:
    """(rows, columns) share of tissue under each tile, by an integral image."""
    whole = np.pad(mask.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    scale = mask.shape[1] / full[0], mask.shape[0] / full[1]
    left, top = (np.floor(at * s).astype(int) for at, s in ((xs, scale[0]), (ys, scale[1])))
    right = np.minimum(np.maximum(np.rint((xs + side[0]) * scale[0]).astype(int), left + 1), mask.shape[1])
    bottom = np.minimum(np.maximum(np.rint((ys + side[1]) * scale[1]).astype(int), top + 1), mask.shape[0])
    sums = whole[np.ix_(bottom, right)] - whole[np.ix_(top, right)] - whole[np.ix_(bottom, left)]
    return (sums + whole[np.ix_(top, left)]) / np.outer(bottom - top, right - left)
