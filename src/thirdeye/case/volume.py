"""A volume: voxels with their place in the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry


@dataclass(frozen=True)
class Volume:
    """Voxels in physical units (Hounsfield units, or as the scanner scaled them).

    Args:
        voxels: (I, J, K), or (I, J, K, C) for channels or time points, indexed as `geometry` says; integer
            or float, finite.
        geometry: index to millimetres.
        source: the file or series as the user knows it, relative to the data; never an absolute path.
        modality: DICOM modality code ("CT", "MR"), where known.
        attributes: other facts that came with it: body part, device, "gaps", "gantry_tilt_deg".
    """

    voxels: NDArray[np.generic]
    geometry: Geometry
    source: str
    modality: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
