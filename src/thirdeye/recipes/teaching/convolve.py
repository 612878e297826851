"""What a kernel and a pool do to a small picture.

Source: the lecture's slides on convolution and pooling. The kernel is not turned round first: what networks
call a convolution is a correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def correlate(image: ArrayLike, kernel: ArrayLike) -> Array:
    """(H - h + 1, W - w + 1): at each place the sum of products with the kernel, without padding, stride 1.

    Args:
        image: (H, W).
        kernel: (h, w), no larger than the image.
    """
    weights = np.asarray(kernel, dtype=float)
    windows = sliding_window_view(np.asarray(image, dtype=float), weights.shape)
    return np.einsum("ijkl,kl->ij", windows, weights)


def max_pool(image: ArrayLike, *, side: int = 2, stride: int = 2) -> Array:
    """The largest number of each square; what does not fill a square at the edge is left out.

    Args:
        image: (H, W), each at least `side`.
        side: of the square.
        stride: from one square to the next.
    """
    windows = sliding_window_view(np.asarray(image, dtype=float), (side, side))
    return np.asarray(windows[::stride, ::stride].max(axis=(2, 3)))
