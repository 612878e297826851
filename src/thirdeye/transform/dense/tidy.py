"""Label maps tidied up: what validation data may choose from, structure by structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from thirdeye.registry import Registry

Mask = NDArray[np.bool_]
Tidying = Callable[[Mask], Mask]
TIDYINGS: Registry[Tidying] = Registry("tidying")
SMALL_SHARE = 0.05  # of the largest piece


@TIDYINGS.register("none")
def none(mask: Mask) -> Mask:
    """As the network left it."""
    return mask


@TIDYINGS.register("largest_piece")
def largest_piece(mask: Mask) -> Mask:
    """The largest connected piece alone: for organs of which there is one."""
    pieces, sizes = _pieces(mask)
    return pieces == int(sizes.argmax()) if sizes.any() else mask


@TIDYINGS.register("fill_holes")
def fill_holes(mask: Mask) -> Mask:
    """Holes within a piece are filled."""
    from scipy import ndimage

    filled: Mask = ndimage.binary_fill_holes(mask)
    return filled


@TIDYINGS.register("drop_small")
def drop_small(mask: Mask) -> Mask:
    """Pieces far smaller than the largest are dropped."""
    pieces, sizes = _pieces(mask)
    keep = (sizes >= SMALL_SHARE * sizes.max()) & (sizes > 0)
    return np.asarray(keep[pieces])


def tidied(labels: NDArray[np.uint8], chosen: Mapping[int, str]) -> NDArray[np.uint8]:
    """A label map with each structure tidied as chosen; what is dropped becomes background.

    Args:
        labels: 0 background, then structures by number.
        chosen: number of a structure to the name of its tidying; others stay as they are.
    """
    result = labels.copy()
    for number, name in chosen.items():
        mask = labels == number
        if name == "none" or not mask.any():
            continue
        neat = TIDYINGS.get(name)(mask)
        result[mask & ~neat] = 0
        result[neat & (result == 0)] = number
    return result


def _pieces(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Pieces that touch at least at a corner, and the size of each; number 0 is background, of size 0."""
    from scipy import ndimage

    pieces, _ = ndimage.label(mask, np.ones((3,) * mask.ndim))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return pieces, sizes
