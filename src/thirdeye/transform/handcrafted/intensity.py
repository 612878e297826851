"""First-order statistics of brightness and its coarse layout."""

from __future__ import annotations

import numpy as np

from thirdeye.transform.handcrafted.picture import Picture, moments, numbered, percentiles, pooled

_PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
_BINS = 16
_CELLS = 4


def intensity(picture: Picture) -> dict[str, float]:
    """Moments, percentiles, histogram, entropy, tile means and spreads, left-right symmetry."""
    grey = picture.grey
    names = ("intensity_mean", "intensity_std", "intensity_skewness", "intensity_kurtosis")
    features = dict(zip(names, moments(grey), strict=True))
    for level, value in zip(_PERCENTILES, percentiles(grey, _PERCENTILES), strict=True):
        features[f"intensity_p{level:02d}"] = value
    histogram = (
        np.bincount((grey.ravel() * 255.999).astype(np.intp) // (256 // _BINS), minlength=_BINS) / grey.size
    )
    filled = histogram[histogram > 0]
    features["intensity_entropy"] = float(-(filled * np.log2(filled)).sum())
    features |= numbered("intensity_histogram", histogram)
    return features | _layout(picture)


def _layout(picture: Picture) -> dict[str, float]:
    grey = picture.grey
    means = pooled(grey, _CELLS)
    variances = np.maximum(pooled(grey * grey, _CELLS) - means * means, 0)
    features = numbered("layout_mean", means - means.mean()) | numbered("layout_std", np.sqrt(variances))
    centred = grey - grey.mean()
    power = float((centred * centred).sum())
    mirrored = float((centred * centred[:, ::-1]).sum())
    features["layout_mirror_correlation"] = mirrored / power if power > 1e-6 else 0.0
    return features
