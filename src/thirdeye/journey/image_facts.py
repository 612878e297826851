"""Plain facts of prepared images, in words that a person uses of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 64
BORDER = 0.08  # of the side
LUMA = np.asarray([0.299, 0.587, 0.114], np.float32)


def image_facts(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
    """Brightness, contrast, sharpness, colour and brightness of the border of every image.

    Args:
        images: (n, S, S, 3) prepared.

    Returns:
        Name to (n,): brightness and brightness of the border as a share of white; contrast, the standard
        deviation of brightness; sharpness, the logarithm of the variance of the Laplacian; colour, the mean
        distance of the channels from grey, exactly 0 where the channels agree.
    """
    blocks = [_of_block(np.asarray(images[at : at + BLOCK])) for at in range(0, len(images), BLOCK)]
    names = blocks[0] if blocks else {}
    return {name: np.concatenate([block[name] for block in blocks]).astype(np.float64) for name in names}


def _of_block(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    colour = images.astype(np.float32) / 255  # (b, S, S, 3)
    grey = colour @ LUMA
    edge = max(1, round(BORDER * grey.shape[1]))
    inner = np.zeros(grey.shape[1:], bool)
    inner[edge:-edge, edge:-edge] = True
    laplacian = (
        grey[:, :-2, 1:-1]
        + grey[:, 2:, 1:-1]
        + grey[:, 1:-1, :-2]
        + grey[:, 1:-1, 2:]
        - 4 * grey[:, 1:-1, 1:-1]
    )
    return {
        "brightness": grey.mean(axis=(1, 2)),
        "contrast": grey.std(axis=(1, 2)),
        "sharpness": np.log10(laplacian.var(axis=(1, 2)) + 1e-8),
        "colour": (np.abs(colour - grey[..., None]).mean(axis=3) * (np.ptp(images, axis=3) > 0)).mean(
            axis=(1, 2)
        ),
        "brightness of the border": grey[:, ~inner].mean(axis=1),
    }
