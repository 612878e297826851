"""What takes the place of pixels that are taken away: the picture itself, blurred beyond recognition.

Black or grey would be a finding of its own in a radiograph; a blurred copy keeps brightness and colour and
loses what can be recognised (Fong & Vedaldi, ICCV 2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

SIGMA = 1 / 8  # of the side


def blurred(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Images (B, 3, S, S) without any detail: a Gaussian of an eighth of the side."""
    sigma = SIGMA * images.shape[-1]
    return np.asarray(gaussian_filter(images, (0, 0, sigma, sigma), mode="nearest"), dtype=np.float32)
