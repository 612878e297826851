"""Splits of the development cases: rows to learn from, rows held out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def distinct_splits(splits: Sequence[tuple[Rows, Rows]]) -> list[tuple[Rows, Rows]]:
    """Splits without repetitions: members of an official split differ by their seed only."""
    return list({holdout.tobytes(): (train, holdout) for train, holdout in splits}.values())
