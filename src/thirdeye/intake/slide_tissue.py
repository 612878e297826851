"""Where a slide shows tissue: stained pixels have colour, glass has none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEAST_CHROMA = 10  # of 255; below it everything is glass, dust and shadow
_LEAST_SHARE = 1e-4  # of the overview: smaller specks are dust


def tissue_mask(overview: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tissue in an overview.

    The chroma (largest minus smallest of red, green and blue) is smoothed and cut by Otsu's threshold (IEEE
    Trans SMC 1979), but never below 10 of 255; holes and specks are then closed and removed. Chroma and not
    saturation, because the saturation of dark pixels is noise.

    Args:
        overview: (H, W, 3).

    Returns:
        (H, W).
    """
    from scipy import ndimage

    chroma = ndimage.uniform_filter(np.ptp(overview.astype(np.int16), axis=2).astype(np.float32), 5)
    mask = chroma > max(_LEAST_CHROMA, otsu(chroma))
    mask = ndimage.binary_closing(np.pad(mask, 3), iterations=3)[3:-3, 3:-3]
    labels, count = ndimage.label(ndimage.binary_fill_holes(mask))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    large = sizes >= max(16, _LEAST_SHARE * mask.size)
    large[0] = False
    return large[labels]


def otsu(values: NDArray[np.float32]) -> float:
    """The threshold that leaves the largest variance between the two sides; values from 0 to 255.

    Raises nothing: of constant values it is that value.
    """
    counts, edges = np.histogram(values, 256, (0, 256))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    if not np.isfinite(between).any():
        return float(values.flat[0])
    best = np.nanmax(between)
    return float(centres[np.isclose(between, best, rtol=1e-9)].mean())
