"""Planes in the patient, and how a pile of them becomes a grid (PS3.3 C.7.6.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAME_PLACE_MM = 0.01  # positions closer than this are one position
UNEVEN = 0.05  # steps that differ by more than this part of the usual step are no grid
GAP = 1.5  # a step of more than so many usual steps is a gap
TILT_DEG = 0.5  # less than this is rounding in the header
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Plane:
    """One plane of pixels.

    Args:
        position: x, y, z in mm (LPS+) of the centre of the first pixel.
        along_row: unit vector in which the column index grows.
        along_column: unit vector in which the row index grows.
        spacing_mm: (row, column) distance of pixel centres.
    """

    position: tuple[float, float, float]
    along_row: tuple[float, float, float]
    along_column: tuple[float, float, float]
    spacing_mm: tuple[float, float]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector along_row x along_column."""
        return np.cross(self.along_row, self.along_column)


def plane_of(header: Any) -> Plane | None:
    """The plane that a header (or a frame's, see `frame_header`) describes; None where it describes none.

    Direction cosines must be unit vectors at right angles within 1 %, spacings finite and above 0.
    """
    position = _numbers(header.get("ImagePositionPatient"), 3)
    cosines = _numbers(header.get("ImageOrientationPatient"), 6)
    spacing = _numbers(header.get("PixelSpacing"), 2)
    if position is None or cosines is None or spacing is None or min(spacing) <= 0:
        return None
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if max(abs(length - 1) for length in lengths) > 0.01 or abs(row @ column) > 0.01:
        return None
    return Plane(
        (position[0], position[1], position[2]),
        tuple(row / lengths[0]),
        tuple(column / lengths[1]),
        (spacing[0], spacing[1]),
    )


def _numbers(value: Any, length: int) -> list[float] | None:
    if value is None or isinstance(value, str) or not hasattr(value, "__len__") or len(value) != length:
        return None
    try:
        numbers = [float(part) for part in value]
    except (TypeError, ValueError):
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


@dataclass(frozen=True)
class Pile:
    """Planes in order along their normal, and what is odd about their positions.

    Args:
        order: indices of the planes, lowest along the normal first.
        step_mm: vector (LPS+) from one plane to the next, from the first and last position.
        missing: planes missing in gaps.
        gaps: (lower, upper) distance along the normal in mm from the first plane, of each gap.
        repeated: planes that lie where another one lies.
        uneven_mm: smallest and largest distance of neighbours when they are no grid, else None.
        tilt_deg: angle between the step and the normal (gantry tilt); 0 below `TILT_DEG`.
    """

    order: tuple[int, ...]
    step_mm: tuple[float, float, float]
    missing: int = 0
    gaps: tuple[tuple[float, float], ...] = ()
    repeated: int = 0
    uneven_mm: tuple[float, float] | None = None
    tilt_deg: float = 0.0

    @property
    def is_grid(self) -> bool:
        """True when every plane lies one step after the one before."""
        return not self.missing and not self.repeated and self.uneven_mm is None

    @property
    def trouble(self) -> str:
        """Why it is no grid: the end of a sentence that begins with the series' name; "" if it is one."""
        if self.repeated:
            some = "a slice that lies" if self.repeated == 1 else f"{self.repeated} slices that lie"
            return f"has {some} where another slice lies, and nothing tells them apart"
        if self.missing:
            first = f"{self.gaps[0][0]:.1f} and {self.gaps[0][1]:.1f} mm"
            some = "a slice" if self.missing == 1 else f"{self.missing} slices"
            return f"lacks {some} (the first gap is between {first} from its start)"
        if self.uneven_mm:
            low, high = self.uneven_mm
            return f"has slices at uneven distances ({low:.2f} to {high:.2f} mm)"
        return ""


def pile_up(planes: Sequence[Plane]) -> Pile:
    """Order parallel planes by their position along the normal, never by their number.

    Args:
        planes: at least two, with (nearly) the same directions.
    """
    positions = np.array([plane.position for plane in planes])
    normal = planes[0].normal
    along = positions @ normal
    order = np.argsort(along, kind="stable")
    steps = np.diff(along[order])
    repeated = int((steps < SAME_PLACE_MM).sum())
    real = steps[steps >= SAME_PLACE_MM]
    if not real.size:
        return Pile(tuple(map(int, order)), (0.0, 0.0, 0.0), repeated=repeated)
    usual = float(np.median(real))
    wide = real > GAP * usual
    starts = np.concatenate([[0.0], np.cumsum(real)])
    gaps = tuple((float(starts[k]), float(starts[k + 1])) for k in np.flatnonzero(wide))
    missing = int(np.maximum(1, np.rint(real[wide] / usual) - 1).sum())
    kept = real[~wide]
    uneven = (kept.max() - kept.min()) > 2 * max(UNEVEN * usual, SAME_PLACE_MM) if kept.size else False
    first, last = positions[order[0]], positions[order[-1]]
    step = (last - first) / (real.size + missing)
    tilt = math.degrees(math.acos(min(1.0, float(step @ normal) / float(np.linalg.norm(step)))))
    return Pile(
        tuple(map(int, order)),
        (float(step[0]), float(step[1]), float(step[2])),
        missing,
        gaps,
        repeated,
        (float(kept.min()), float(kept.max())) if uneven else None,
        tilt if tilt >= TILT_DEG else 0.0,
    )


def affine_of(first: Plane, step_mm: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 4) from voxel index (column, row, plane) to mm in RAS+, exact also under gantry tilt.

    The formula of PS3.3 equation C.7.6.2.1-1 with a third column for the step from plane to plane, with the
    signs of x and y turned (see also "DICOM orientation" in nibabel's documentation).

    Args:
        first: the plane of index 0.
        step_mm: (3,) LPS+.
    """
    affine = np.eye(4)
    affine[:3, 0] = np.array(first.along_row) * first.spacing_mm[1]
    affine[:3, 1] = np.array(first.along_column) * first.spacing_mm[0]
    affine[:3, 2] = step_mm
    affine[:3, 3] = first.position
    turned: NDArray[np.float64] = LPS_TO_RAS @ affine
    return turned
