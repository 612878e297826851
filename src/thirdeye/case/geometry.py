"""Where voxels lie in the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.orientation import code_of


@dataclass(frozen=True)
class Geometry:
    """Voxel indices to millimetres in the patient.

    Args:
        affine: (4, 4) float64; takes the index (i, j, k, 1) of a voxel's centre to (x, y, z, 1) in mm in
            the frame RAS+ of NIfTI: x grows to the patient's right, y to the front, z to the head (DICOM's
            LPS+ differs by the sign of x and y). Invertible; its last row is 0 0 0 1.
    """

    affine: NDArray[np.float64]

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of neighbouring voxel centres along i, j and k."""
        lengths = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(lengths[0]), float(lengths[1]), float(lengths[2])

    @property
    def orientation(self) -> str:
        """Where i, j and k lead to, as the closest of 48 codes ("RAS", "LPS")."""
        return code_of(self.affine)
