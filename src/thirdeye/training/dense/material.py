"""What a dense network learns from: arrays with their label maps, and where each structure lies in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

MOST_PLACES = 5000  # of one structure in one image, remembered for drawing patches
MOST_SINGLE = 50_000  # of one class, where single places are learnt


@dataclass(frozen=True)
class DenseCase:
    """One image as the network sees it, with what is marked in it.

    Args:
        image: (C, ...) float32, possibly a memory map.
        target: (...) uint8, 0 background; `thirdeye.training.dense.losses.IGNORED` takes no part.
        places: number of a structure to (n, axes) coordinates in it, at most `MOST_PLACES`; or of every
            class, background included, at most `MOST_SINGLE`.
    """

    image: Tensor
    target: Tensor
    places: dict[int, NDArray[np.int32]]

    @property
    def sides(self) -> tuple[int, ...]:
        """Of the image."""
        return tuple(self.target.shape)


def dense_case(
    image: NDArray[np.float32], target: NDArray[np.uint8], *, n_structures: int, background: bool = False
) -> DenseCase:
    """A case from its arrays; the places are the same every time.

    Args:
        image: (C, ...).
        target: (...).
        n_structures: numbers 1 to this are looked for.
        background: whether places of the background are looked for as well, and more of each class.
    """
    places, most = {}, MOST_SINGLE if background else MOST_PLACES
    for number in range(0 if background else 1, n_structures + 1):
        found = np.flatnonzero(target == number)
        if found.size > most:
            found = found[np.linspace(0, found.size - 1, most).astype(np.int64)]
        if found.size:
            places[number] = np.stack(np.unravel_index(found, target.shape), axis=1).astype(np.int32)
    return DenseCase(torch.from_numpy(image), torch.from_numpy(target), places)


def draw_centre(
    case: DenseCase, size: tuple[int, ...], foreground: bool, rng: Generator
) -> NDArray[np.float64]:
    """Where the middle of a patch goes.

    Args:
        case: that the patch is cut from.
        size: sides of the patch.
        foreground: whether the patch must hold a structure (any one, each as likely, where there are some).
        rng: decides.

    Returns:
        (axes,) voxels. The patch stays within the image where it fits; where it does not, the image stays
        within the patch.
    """
    sides, half = np.array(case.sides), np.array(size) / 2
    low, high = np.minimum(half, sides - half), np.maximum(half, sides - half)
    numbers = sorted(number for number in case.places if number)
    if foreground and numbers:
        there = case.places[numbers[int(rng.integers(len(numbers)))]]
        wanted = there[int(rng.integers(len(there)))] + 0.5 + rng.uniform(-0.25, 0.25, len(size)) * size
        low, high = np.minimum(low, sides / 2), np.maximum(high, sides / 2)
        return np.clip(wanted, low, high) - 0.5
    return rng.uniform(low, high) - 0.5


def draw_of_class(case: DenseCase, size: tuple[int, ...], number: int, rng: Generator) -> NDArray[np.float64]:
    """A place of one class as the middle of a patch, moved as little as keeps the patch within the image.

    Args:
        case: that holds the class.
        size: sides of the patch.
        number: of the class; 0 is background.
        rng: decides.

    Returns:
        (axes,) voxels.
    """
    sides, half = np.array(case.sides), np.array(size) / 2
    low, high = np.minimum(half, sides - half), np.maximum(half, sides - half)
    there = case.places[number]
    return np.clip(there[int(rng.integers(len(there)))] + 0.5, low, high) - 0.5
