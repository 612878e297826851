"""What the lecture prints of the referral from scans: the model's table and those of two retina specialists.

Rows are the truth, columns the call; both run from urgent to observation, as printed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

PRINTED_GRADES = ("urgent", "semi-urgent", "routine", "observation")
PRINTED: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "model": ((234, 5, 13, 0), (3, 225, 2, 0), (10, 2, 250, 4), (1, 1, 14, 233)),
    "specialist 1": ((228, 4, 20, 0), (3, 223, 4, 0), (2, 7, 254, 3), (1, 1, 10, 237)),
    "specialist 2": ((231, 8, 13, 0), (1, 226, 3, 0), (11, 1, 250, 4), (0, 2, 20, 227)),
}


def printed_cases(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) truth and (n,) call of every patient of a printed table, from observation (0) to urgent (3).

    Args:
        name: of `PRINTED`.
    """
    table = np.array(PRINTED[name])[::-1, ::-1]
    truth, call = np.divmod(np.repeat(np.arange(table.size), table.ravel()), len(table))
    return truth.astype(np.int64), call.astype(np.int64)
