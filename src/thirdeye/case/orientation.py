"""Where the axes of a volume lead, and turning it between the 48 orientations without resampling.

A code names the direction in which each voxel index grows, after the patient's own sides: "RAS" is index i to
the patient's right, j to the front (anterior), k to the head (superior); "LPS" is left, back, head. Affines
are those of `thirdeye.case.geometry`: (4, 4), voxel index to mm in RAS+. Functions here are pure; voxels come
back as views where numpy can.
"""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]

_LETTERS = ("LR", "PA", "IS")  # towards smaller and larger x, y, z in RAS+
_PLACE = {
    letter: (axis, 2 * side - 1) for axis, pair in enumerate(_LETTERS) for side, letter in enumerate(pair)
}
ORIENTATIONS: tuple[str, ...] = tuple(
    "".join(_LETTERS[axis][side] for axis, side in zip(axes, sides, strict=True))
    for axes in permutations(range(3))
    for sides in product((1, 0), repeat=3)
)
_PERMUTATIONS = np.array(list(permutations(range(3))))  # (6, 3)


def code_of(affine: Affine) -> str:
    """The closest of the 48 orientations: each index goes to the axis of the body that it follows most.

    The assignment is the one of the six with the largest sum of absolute direction cosines, so that two
    indices never share an axis, however oblique the volume is.
    """
    cosines = directions(affine)
    best = max(_PERMUTATIONS.tolist(), key=lambda axes: sum(abs(cosines[a, i]) for i, a in enumerate(axes)))
    return "".join(_LETTERS[axis][int(cosines[axis, index] >= 0)] for index, axis in enumerate(best))


def directions(affine: Affine) -> NDArray[np.float64]:
    """(3, 3) unit vectors, a column each for i, j and k, in RAS+."""
    matrix = np.asarray(affine, np.float64)[:3, :3]
    scale = np.abs(matrix).max(axis=0)  # first to about 1, so that no square overflows or vanishes
    scaled = matrix / np.where(scale > 0, scale, 1.0)
    lengths = np.linalg.norm(scaled, axis=0)
    return np.asarray(scaled / np.where(lengths > 0, lengths, 1.0), np.float64)


def obliquity_deg(affine: Affine) -> float:
    """Largest angle between an index and the axis of the body that its code names, in degrees, 0 to 90."""
    cosines = directions(affine)
    along = [abs(cosines[_PLACE[letter][0], index]) for index, letter in enumerate(code_of(affine))]
    return float(np.degrees(np.arccos(np.clip(min(along), 0.0, 1.0))))


def turn(code: str, to: str) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
    """How voxels in the orientation `code` are brought into `to`.

    Returns:
        For each index of the result: which index of the source it is, and whether it runs backwards.

    Raises:
        ValueError: one of them is not an orientation.
    """
    source, target = _axes(code), _axes(to)
    order = [next(i for i, (axis, _) in enumerate(source) if axis == wanted) for wanted, _ in target]
    flips = [source[index][1] != sign for index, (_, sign) in zip(order, target, strict=True)]
    return (order[0], order[1], order[2]), (flips[0], flips[1], flips[2])


def _axes(code: str) -> list[tuple[int, int]]:
    places = [_PLACE.get(letter, (-1, 0)) for letter in code]
    if len(code) != 3 or sorted(axis for axis, _ in places) != [0, 1, 2]:
        raise ValueError(
            f"{code!r} is not an orientation; expected one letter each of L or R, P or A, I or S, as in 'RAS'"
        )
    return places


def turn_voxels(voxels: NDArray[np.generic], code: str, to: str) -> NDArray[np.generic]:
    """(I, J, K) or (I, J, K, C) voxels in the orientation `to`; a view. Back: swap `code` and `to`."""
    order, flips = turn(code, to)
    turned = voxels.transpose(*order, *range(3, voxels.ndim))
    return turned[tuple(slice(None, None, -1 if flip else None) for flip in flips)]


def turn_affine(affine: Affine, shape: tuple[int, ...], to: str) -> Affine:
    """The affine that goes with `turn_voxels`, for voxels of `shape` (I, J, K, ...) in their own orientation.

    Every voxel keeps its place in the patient. The axes are copied bit by bit; the origin is one sum, rounded
    once, so that turning there and back may leave it a unit in the last place away. Where exactness counts,
    keep the affine that you came from: see `thirdeye.case.geometry`.
    """
    order, flips = turn(code_of(affine), to)
    turned = np.array(affine, np.float64)
    for index, (source, flip) in enumerate(zip(order, flips, strict=True)):
        column = np.asarray(affine, np.float64)[:3, source]
        turned[:3, index] = -column if flip else column
        if flip:
            turned[:3, 3] += (shape[source] - 1) * column
    return turned


def swap_lps(affine: Affine) -> Affine:
    """RAS+ (NIfTI) to LPS+ (DICOM, ITK) or back: the signs of x and y change, exactly."""
    swapped = np.array(affine, np.float64)
    swapped[:2] = -swapped[:2]
    return swapped


def affine_from_lps(
    origin: NDArray[np.float64], axes: NDArray[np.float64], spacing_mm: NDArray[np.float64]
) -> Affine:
    """The affine from what DICOM, MetaImage and NRRD state.

    Args:
        origin: (3,) centre of the first voxel in LPS+, mm.
        axes: (3, 3) direction of i, j, k as columns, unit vectors in LPS+.
        spacing_mm: (3,) distance of voxels along i, j, k.
    """
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(axes, np.float64) * np.asarray(spacing_mm, np.float64)
    affine[:3, 3] = origin
    return swap_lps(affine)
