"""Patch, levels, strides and kernels of a U-Net from the size and spacing of the images.

After Isensee et al. (Nature Methods 18, 2021): axes shrink until they are short or coarse, and a coarse axis
is left alone until the others have caught up with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHORTEST = {2: 8, 3: 4}  # side of the coarsest level
MOST_LEVELS = {2: 7, 3: 6}
COARSE = 2.0  # times the finest spacing, from which an axis counts as coarse


@dataclass(frozen=True)
class Layout:
    """The shape of a U-Net; see `thirdeye.plan.dense.plan.DensePlan`."""

    patch: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]
    kernels: tuple[tuple[int, ...], ...]

    @property
    def levels(self) -> int:
        """How many there are."""
        return len(self.kernels)


def layout_of(
    sides: tuple[float, ...], spacing: tuple[float, ...], *, most_voxels: int, slicewise: int | None = None
) -> Layout:
    """A patch as large as `most_voxels` allow, and the levels that it bears.

    Args:
        sides: median of the images' sides, in voxels of the network's grid.
        spacing: of that grid, in any unit.
        most_voxels: in a patch.
        slicewise: axis across slices that are each read by themselves; None: there is none.
    """
    if slicewise is not None:
        return _slicewise(sides, spacing, most_voxels, slicewise)
    patch = _shrunk(np.array(sides, float), np.array(spacing, float), most_voxels)
    strides, kernels = _levels(patch, np.array(spacing, float))
    factors = np.prod(np.array(strides, int).reshape(-1, len(sides)), axis=0)
    whole = np.maximum(factors, (np.ceil(patch / factors) * factors)).astype(int)
    while whole.prod() > 1.15 * most_voxels:  # rounding up may cost more than the patch can bear
        longest = int(np.argmax(np.where(whole > factors, whole * spacing, -1)))
        if whole[longest] <= factors[longest]:
            break
        whole[longest] -= factors[longest]
    return Layout(tuple(map(int, whole)), strides, kernels)


def _slicewise(sides: tuple[float, ...], spacing: tuple[float, ...], most_voxels: int, axis: int) -> Layout:
    """The layout of one slice, and as many slices side by side as the patch bears."""
    plane = [other for other in range(len(sides)) if other != axis]
    flat = layout_of(
        tuple(sides[a] for a in plane), tuple(spacing[a] for a in plane), most_voxels=most_voxels
    )
    deep = max(1, min(int(sides[axis]), most_voxels // int(np.prod(flat.patch))))

    def with_axis(values: tuple[int, ...], own: int) -> tuple[int, ...]:
        return (*values[:axis], own, *values[axis:])

    return Layout(
        with_axis(flat.patch, deep),
        tuple(with_axis(one, 1) for one in flat.strides),
        tuple(with_axis(one, 1) for one in flat.kernels),
    )


def _shrunk(sides: np.ndarray, spacing: np.ndarray, most: int) -> np.ndarray:
    """The image itself where it fits; else its longest way cut until it does."""
    patch = np.maximum(sides, 1.0)
    while patch.prod() > most:
        reach = patch * spacing
        longest = int(np.argmax(reach))
        rest = np.delete(reach, longest)
        aim = max(float(rest.max()), reach[longest] * 0.9) if rest.size else reach[longest] * 0.9
        patch[longest] = max(1.0, min(patch[longest] * 0.95, aim / spacing[longest]))
    return patch


def _levels(
    patch: np.ndarray, spacing: np.ndarray
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    axes = len(patch)
    sides, now = patch.copy(), spacing.copy()
    strides: list[tuple[int, ...]] = []
    kernels = [_kernel(now)]
    while len(kernels) < MOST_LEVELS[axes]:
        long_enough = sides >= 2 * SHORTEST[axes]
        fine = now < COARSE * now[long_enough].min() if long_enough.any() else long_enough
        shrinks = long_enough & fine
        if not shrinks.any():
            break
        step = np.where(shrinks, 2, 1)
        sides, now = sides / step, now * step
        strides.append(tuple(int(s) for s in step))
        kernels.append(_kernel(now))
    return tuple(strides), tuple(kernels)


def _kernel(spacing: np.ndarray) -> tuple[int, ...]:
    """Kernels reach across an axis only where its voxels are not far coarser than the finest."""
    return tuple(3 if one <= COARSE * spacing.min() else 1 for one in spacing)
