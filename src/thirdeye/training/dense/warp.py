"""Cutting patches out of an image, turned, scaled and bent on the way: one interpolation, or none.

Coordinates are voxels, the first axis first; a patch is a window of the image seen through a linear map about
its centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.training.dense.bend import displacement, drawn_moves


@dataclass(frozen=True)
class Warping:
    """How much patches are turned and scaled.

    Args:
        turn_deg: largest rotation about each axis (3-D) or in the plane (2-D).
        turned_axes: in 3-D, the axes about which patches are turned by all of it; about the others, which
            would leave the plane of thick slices, not at all.
        scale: largest relative change of size.
        likelihood: share of the patches that are turned and scaled, and share of those that are bent, 0 to 1.
        elastic: how far patches are bent: standard deviation of the moves of control points, in voxels; 0:
            not at all. See `thirdeye.training.dense.bend`.
    """

    turn_deg: float
    turned_axes: tuple[int, ...]
    scale: float
    likelihood: float
    elastic: float = 0.0

    def bend(self, size: tuple[int, ...], rng: Generator) -> NDArray[np.float64] | None:
        """Moves of the control points of a patch of these sides; None leaves it as it is."""
        if not self.elastic or rng.random() >= self.likelihood:
            return None
        across = set(self.turned_axes) if len(size) == 3 and len(self.turned_axes) < 3 else set()
        moved = [axis for axis in range(len(size)) if axis not in across]
        return drawn_moves(size, self.elastic, moved, rng)

    def draw(self, axes: int, rng: Generator) -> NDArray[np.float64] | None:
        """(axes, axes) map from offsets in the patch to offsets in the image; None leaves them alone."""
        if rng.random() >= self.likelihood:
            return None
        factor = float(np.exp(rng.uniform(-1, 1) * np.log1p(self.scale)))
        turns = rng.uniform(-1, 1, 3) * np.deg2rad(self.turn_deg)
        if axes == 2:
            return factor * _plane(turns[0])
        matrix = np.eye(3)
        for axis in self.turned_axes:
            matrix = matrix @ _about(axis, turns[axis])
        return factor * matrix


def _plane(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _about(axis: int, angle: float) -> NDArray[np.float64]:
    matrix = np.eye(3)
    others = [one for one in range(3) if one != axis]
    matrix[np.ix_(others, others)] = _plane(angle)
    return matrix


def cut(
    image: Tensor,
    target: Tensor,
    centre: NDArray[np.float64],
    size: tuple[int, ...],
    matrix: NDArray[np.float64] | None,
    margin: tuple[int, ...] = (),
    moves: NDArray[np.float64] | None = None,
) -> tuple[Tensor, Tensor]:
    """A patch with its surroundings, and its target; beyond the image it is 0 and `IGNORED`.

    Args:
        image: (C, ...) float.
        target: (...) uint8.
        centre: of the patch, in voxels of the image; halves for patches of even sides.
        size: sides of the patch.
        matrix: of `Warping.draw`.
        margin: of the surroundings on either side of the patch, along each axis; empty: none.
        moves: of `Warping.bend`, for the sides with their surroundings.

    Returns:
        (C, *(size + 2 margin)) of the type of `image`, (*size) uint8.
    """
    if not any(margin):
        return _cut(image, target, centre, size, matrix, moves)
    wide = tuple(side + 2 * beyond for side, beyond in zip(size, margin, strict=True))
    seen, labels = _cut(image, target, centre, wide, matrix, moves)
    inside = tuple(slice(beyond, beyond + side) for side, beyond in zip(size, margin, strict=True))
    return seen, labels[inside]


def _cut(
    image: Tensor,
    target: Tensor,
    centre: NDArray[np.float64],
    size: tuple[int, ...],
    matrix: NDArray[np.float64] | None,
    moves: NDArray[np.float64] | None,
) -> tuple[Tensor, Tensor]:
    bent = 0.0 if moves is None else float(np.abs(moves).max())
    matrix = np.eye(len(size)) if matrix is None and moves is not None else matrix
    reach = np.array(size) / 2 if matrix is None else np.abs(matrix) @ (np.array(size) / 2 + bent) + 1
    start = np.floor(centre - reach + 0.5).astype(int)
    stop = start + np.array(size) if matrix is None else np.ceil(centre + reach + 0.5).astype(int)
    # Labels go up by one, so that what is beyond the image (0) comes down again as `IGNORED`.
    window, marked = _window(image, start, stop), _window(target[None], start, stop, above=1)
    if matrix is None:
        return window, (marked[0] - 1)
    grid = _grid(size, matrix, centre - start, window.shape[1:], moves)
    seen = F.grid_sample(window[None].float(), grid, "bilinear", "zeros", align_corners=False)
    labels = F.grid_sample(marked[None].float(), grid, "nearest", "zeros", align_corners=False)
    return seen[0].to(image.dtype), (labels[0, 0].to(torch.uint8) - 1)


def _window(source: Tensor, start: NDArray[np.int64], stop: NDArray[np.int64], *, above: int = 0) -> Tensor:
    """(C, ...) between two corners, `above` added, zeros beyond the edge."""
    sides = source.shape[1:]
    inner = [
        slice(max(0, int(a)), max(0, min(side, int(b))))
        for a, b, side in zip(start, stop, sides, strict=True)
    ]
    part = source[(slice(None), *inner)] + above if above else source[(slice(None), *inner)]
    padding: list[int] = []
    for a, b, side in reversed(list(zip(start, stop, sides, strict=True))):
        before = min(max(0, -int(a)), int(b - a))
        padding += [before, max(0, int(b) - max(side, int(a)))]
    return F.pad(part, padding) if any(padding) else part


def _grid(
    size: tuple[int, ...],
    matrix: NDArray[np.float64],
    centre: NDArray[np.float64],
    sides: torch.Size,
    moves: NDArray[np.float64] | None,
) -> Tensor:
    """Where each voxel of the patch is sought in the window, as `grid_sample` wants it (last axis first)."""
    steps = [torch.arange(side, dtype=torch.float32) - (side - 1) / 2 for side in size]
    offsets = torch.stack(torch.meshgrid(*steps, indexing="ij"), dim=-1)
    if moves is not None:
        offsets = offsets + torch.from_numpy(displacement(size, moves).astype(np.float32))
    places = offsets @ torch.from_numpy(matrix.T.astype(np.float32)) + torch.from_numpy(
        centre.astype(np.float32)
    )
    scaled = (2 * places + 1) / torch.tensor(list(sides), dtype=torch.float32) - 1
    return scaled.flip(-1)[None]
