"""The volumes among what was read, as the checks of volumes look at them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.orientation import turn
from thirdeye.intake.not_applicable import NotApplicable

_LENGTHS = ("column_spacing_mm", "row_spacing_mm", "slice_spacing_mm")  # along i, j, k
_SIZES = ("width", "height", "depth")


def volumes_among(facts: pd.DataFrame, *, least: int = 1) -> pd.DataFrame:
    """Rows of `facts` that are readable volumes.

    Raises:
        NotApplicable: fewer than `least`.
    """
    volumes = facts[(facts["error"] == "") & (facts["kind"] == "volume")]
    if len(volumes) < least:
        raise NotApplicable(
            "the data hold no volumes"
            if volumes.empty
            else f"only {len(volumes)} volumes; {least} are needed"
        )
    return volumes


def are_few(number: int, of: int) -> bool:
    """Whether what differs is an outlier, and not a mixture: a tenth at most, or a single one of four."""
    return number <= 0.1 * of or (number == 1 and of >= 4)


def body_axes(volumes: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spacing in mm and number of voxels along right-left, front-back and head-feet in any orientation.

    Returns:
        Two arrays (N, 3).
    """
    order = np.array([turn(code, "RAS")[0] for code in volumes["orientation"]])
    spacing = volumes[list(_LENGTHS)].to_numpy(np.float64)
    sizes = volumes[list(_SIZES)].to_numpy(np.float64)
    return np.take_along_axis(spacing, order, axis=1), np.take_along_axis(sizes, order, axis=1)
