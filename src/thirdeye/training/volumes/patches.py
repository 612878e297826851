"""Patches at random places of volumes: the sampling is the augmentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError


@dataclass(frozen=True)
class Grey:
    """Volumes kept as bytes: 0 is `low`, 255 is `high`; a quarter of the memory of numbers."""

    low: float = -1.0
    high: float = 2.5

    def packed(self, values: NDArray[np.floating]) -> NDArray[np.uint8]:
        """Values, cut to the range, as bytes."""
        share = (np.clip(values, self.low, self.high) - self.low) / (self.high - self.low)
        return np.asarray(np.round(255 * share), dtype=np.uint8)

    def values(self, packed: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Bytes as values again."""
        step = np.float32((self.high - self.low) / 255)
        return np.asarray(packed, dtype=np.float32) * step + np.float32(self.low)


GREY = Grey()


def patches_of_a_round(
    volumes: NDArray[np.uint8], side: int, batch: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """One patch of every volume, in random order: (positions of the volumes, patches (B, 1, S, S, S)).

    Args:
        volumes: (n, D, H, W) bytes, see `Grey`.
        side: of a patch in voxels.
        batch: patches at a time; a last batch of one is left out, as it has no spread to be normalised by.
        rng: draws order and places.

    Raises:
        UsageError: a patch does not fit into the volumes.
    """
    sides = volumes.shape[1:]
    if min(sides) < side:
        raise UsageError(
            f"patches of {side} voxels do not fit into volumes of {' x '.join(map(str, sides))}; choose a "
            "smaller --set patch"
        )
    order = rng.permutation(len(volumes))
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        if len(chosen) == 1 and len(order) > 1:
            continue
        yield chosen, np.stack([_patch(volumes[one], side, rng) for one in chosen])[:, None]


def _patch(volume: NDArray[np.uint8], side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    corner = [int(rng.integers(0, whole - side + 1)) for whole in volume.shape]
    part = tuple(slice(start, start + side) for start in corner)
    return GREY.values(volume[part])
