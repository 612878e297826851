"""Pictures turned, scaled, shifted and mirrored together with the places in them: one interpolation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.training.dense.tone import toned

ASPECT = 0.1  # largest relative change of the ratio of the sides
Places = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """How much pictures are changed.

    Args:
        turn_deg: largest rotation.
        scale: largest relative change of size.
        shift: largest shift, as a share of the window's side.
        tone: strength of the changes of brightness, contrast and noise.
        swapped: position of the landmark that each becomes in a mirror; empty: never mirrored.
    """

    turn_deg: float
    scale: float
    shift: float
    tone: float
    swapped: tuple[int, ...]


def changed(
    picture: Tensor,
    places: Places,
    centre: NDArray[np.float64],
    sides: tuple[int, int],
    change: Change,
    rng: Generator,
) -> tuple[Tensor, Places]:
    """A window of a picture, changed at random.

    Args:
        picture: (C, H, W).
        places: (p, 2) (x, y) pixels of it.
        centre: (x, y) that comes to lie in the middle of the window, before it is shifted.
        sides: of the window.
        change: how much.
        rng: decides.

    Returns:
        (C, *sides), the darkest value beyond the picture; (p, 2) places in the window, under their new names
        where it was mirrored.
    """
    matrix = _drawn(change, rng)
    size = np.array([sides[1], sides[0]], float)
    middle = size / 2 + rng.uniform(-change.shift, change.shift, 2) * size
    flip = bool(change.swapped) and rng.random() < 0.5
    if flip:
        matrix = np.diag([-1.0, 1.0]) @ matrix
    moved = (places - centre) @ matrix.T + middle
    if flip:
        moved = moved[list(change.swapped)]
    window = _seen(picture, np.asarray(np.linalg.inv(matrix), float), centre, middle, sides)
    return toned(window, change.tone, rng), moved


def _drawn(change: Change, rng: Generator) -> NDArray[np.float64]:
    angle = np.deg2rad(rng.uniform(-change.turn_deg, change.turn_deg))
    size = np.exp(rng.uniform(-1, 1) * np.log1p(change.scale))
    ratio = np.exp(rng.uniform(-1, 1) * np.log1p(min(ASPECT, change.scale)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(turn @ np.diag([size * ratio, size / ratio]))


def _seen(
    picture: Tensor,
    back: NDArray[np.float64],
    centre: NDArray[np.float64],
    middle: NDArray[np.float64],
    sides: tuple[int, int],
) -> Tensor:
    """Sampled at ``back @ (window place - middle) + centre``."""
    height, width = picture.shape[1:]
    # affine map from the window's own -1..1 to the picture's -1..1, as affine_grid wants it
    to_pixels = np.diag([sides[1] / 2, sides[0] / 2])
    linear = back @ to_pixels
    offset = centre + back @ (np.array([sides[1], sides[0]]) / 2 - middle)
    scaling = np.array([2 / width, 2 / height])
    theta = np.concatenate([linear * scaling[:, None], (offset * scaling - 1)[:, None]], axis=1)
    grid = F.affine_grid(
        torch.from_numpy(theta.astype(np.float32))[None],
        [1, picture.shape[0], *sides],
        align_corners=False,
    )
    lowest = picture.amin()
    seen = F.grid_sample((picture - lowest)[None], grid, "bilinear", "zeros", align_corners=False)
    return seen[0] + lowest
