"""COCO's run lengths of a mask: the box around them, without making the mask.

Runs go down the columns, background first; a list of numbers, or text of five bits a character with each
number from the third on told as its difference to the one two before (pycocotools, maskApi.c, rleFrString).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_RUNS = 10_000_000
_MOST_PIXELS = 10**10
Box = tuple[float, float, float, float]


def box_of_run_lengths(outline: Mapping[str, Any]) -> Box | None:
    """Edges (x_min, y_min, x_max, y_max) in pixels around what is marked.

    Returns:
        None where the runs make no sense, or nothing is marked.
    """
    size, counts = outline.get("size"), outline.get("counts")
    runs = decode_runs(counts) if isinstance(counts, str) else as_runs(counts)
    if runs is None or not isinstance(size, list) or len(size) != 2:
        return None
    height, width = size
    if not all(isinstance(side, int) and 0 < side < 1_000_000 for side in size):
        return None
    ends = np.cumsum(runs)
    if not len(ends) or (runs < 0).any() or ends[-1] > height * width or ends[-1] > _MOST_PIXELS:
        return None
    starts, stops = (ends - runs)[1::2], ends[1::2]
    starts, stops = starts[stops > starts], stops[stops > starts]
    if not len(starts):
        return None
    first, last = starts // height, (stops - 1) // height
    across = first != last  # a run that goes on in the next column touches both edges of the image
    top = 0 if across.any() else int((starts % height).min())
    bottom = height if across.any() else int(((stops - 1) % height).max()) + 1
    return float(first.min()), float(top), float(last.max() + 1), float(bottom)


def as_runs(counts: Any) -> NDArray[np.int64] | None:
    """Runs given as a list of whole numbers; None for anything else."""
    if not isinstance(counts, list) or not 0 < len(counts) <= _MOST_RUNS:
        return None
    if not all(isinstance(run, int) and 0 <= run <= _MOST_PIXELS for run in counts):
        return None
    return np.array(counts, dtype=np.int64)


def decode_runs(text: str) -> NDArray[np.int64] | None:
    """Runs given as text; None where it is none."""
    if not 0 < len(text) <= 2 * _MOST_RUNS or not text.isascii():
        return None
    codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - 48
    if (codes < 0).any() or (codes > 63).any():
        return None
    last = (codes & 0x20) == 0
    if not last[-1]:
        return None
    stops = np.flatnonzero(last)
    starts = np.concatenate([[0], stops[:-1] + 1])
    if int((stops - starts).max()) > 8:  # 45 bits are more than any image has pixels
        return None
    place = np.arange(len(codes)) - np.repeat(starts, stops - starts + 1)
    values = np.add.reduceat((codes & 0x1F) << (5 * place), starts)
    negative = (codes[stops] & 0x10) != 0
    values -= np.where(negative, 1 << (5 * (stops - starts + 1)), 0)
    return _undo_differences(values)


def _undo_differences(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """From the third on, each number is told as its difference to the one two before."""
    runs = values.copy()
    runs[1::2] = np.cumsum(runs[1::2])
    runs[2::2] = np.cumsum(runs[2::2])
    return runs
