"""Patches cut out of images: turned and mirrored at random, and as other devices or stains may show them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.draw import Places
from thirdeye.transform.sliding.tiles import mirrored_index, normalised

STRAIGHT = 0.5  # share of the patches that are turned by quarters only, so that they stay sharp
LARGER = 0.12  # largest relative change of size
GAIN, TINT, SHIFT, NOISE = 0.2, 0.08, 0.15, 0.08  # at strength 1


def cut_patches(
    cases: Sequence[SlidingCase], drawn: Places, side: int, rng: Generator, *, tone: float
) -> tuple[Tensor, Tensor]:
    """Patches (B, C, side, side) float32 and their classes (B,) int64.

    Args:
        cases: all of them.
        drawn: middles of the patches.
        side: of a patch; one of an odd side has a pixel in its middle, half a pixel beside its place.
        rng: decides.
        tone: strength of the changes of brightness, contrast, tint and noise; 0 turns them off.
    """
    reach = int(np.ceil(side / 2 * np.sqrt(2) * (1 + LARGER))) + 1
    crops = np.stack(
        [
            _crop(cases[int(row)].pixels, place, reach)
            for row, place in zip(drawn.rows, drawn.places, strict=True)
        ]
    )
    windows = torch.from_numpy(np.ascontiguousarray(np.moveaxis(normalised(crops), 3, 1)))
    maps = torch.from_numpy(_maps(len(crops), rng))
    patches = _turned(windows, maps, side, reach)
    return _toned(patches, tone, rng), torch.from_numpy(drawn.classes)


def _crop(pixels: NDArray[np.uint8], place: NDArray[np.int64], reach: int) -> NDArray[np.uint8]:
    rows, columns = (
        mirrored_index(int(middle) - reach, int(middle) + reach, length)
        for middle, length in zip(place, pixels.shape[:2], strict=True)
    )
    return np.asarray(pixels[rows[:, None], columns[None, :]])


def _maps(count: int, rng: Generator) -> NDArray[np.float32]:
    """(count, 2, 2) maps from offsets in the patch to offsets in the image."""
    straight = rng.random(count) < STRAIGHT
    angles = np.where(straight, rng.integers(0, 4, count) * (np.pi / 2), rng.uniform(0, 2 * np.pi, count))
    factors = np.where(straight, 1.0, np.exp(rng.uniform(-1, 1, count) * np.log1p(LARGER)))
    mirror = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    cosine, sine = factors * np.cos(angles), factors * np.sin(angles)
    return np.stack(
        [np.stack([cosine * mirror, -sine], axis=1), np.stack([sine * mirror, cosine], axis=1)], axis=1
    ).astype(np.float32)


def _turned(windows: Tensor, maps: Tensor, side: int, reach: int) -> Tensor:
    steps = torch.arange(side, dtype=torch.float32) - (side - 1) / 2
    offsets = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), dim=-1)  # (side, side, 2): x, y
    grid = (torch.einsum("bij,hwj->bhwi", maps, offsets) + 0.5 * (side % 2)) / reach
    return F.grid_sample(windows, grid, "bilinear", "border", align_corners=False)


def _toned(patches: Tensor, strength: float, rng: Generator) -> Tensor:
    if strength <= 0:
        return patches
    count, channels = patches.shape[:2]
    shape = (count, channels, 1, 1)
    gain = rng.uniform(-GAIN, GAIN, (count, 1, 1, 1)) + rng.uniform(-TINT, TINT, shape)
    shift = rng.uniform(-SHIFT, SHIFT, (count, 1, 1, 1)) + rng.uniform(-TINT, TINT, shape)
    noise = np.where(rng.random((count, 1, 1, 1)) < 0.2, rng.uniform(0, NOISE), 0.0)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    grain = torch.randn(patches.shape, generator=generator) * _number(strength * noise)
    return patches * torch.exp(_number(strength * gain)) + _number(strength * shift) + grain


def _number(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
