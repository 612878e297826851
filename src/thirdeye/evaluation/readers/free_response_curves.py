"""Curves of free-response readings: FROC, and the AFROC whose area is the figure of merit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.readers.marks import UNMARKED, Marks, highest_false

Array = NDArray[np.float64]
_PLACES = 101


@dataclass(frozen=True)
class MarkCurve:
    """Lesions found against false marks, from the strictest rating to the laxest.

    Args:
        x: (g,) false marks per case (FROC) or share of cases with a false mark (AFROC), from 0.
        y: (g,) share of lesions found.
    """

    x: Array
    y: Array


def froc_of_marks(marks: Marks) -> MarkCurve:
    """False marks per case, over all cases, against the share of lesions found; ends at the last mark."""
    false = np.concatenate(marks.false_marks) if marks.false_marks else np.array([])
    lesions = np.concatenate(marks.lesions) if marks.lesions else np.array([])
    levels = _levels(false, lesions)
    x = [(false >= level).sum() / len(marks.lesions) for level in levels]
    y = [(lesions >= level).mean() for level in levels]
    return MarkCurve(np.array([0.0, *x]), np.array([0.0, *y]))


def afroc_of_marks(marks: Marks, *, weighted: bool, all_cases: bool) -> MarkCurve:
    """Share of cases with a false mark against the share of lesions found, to (1, 1) by a straight line.

    Args:
        marks: with a lesion, and with a case for the false marks.
        weighted, all_cases: see `free_response.afroc`, whose value is the area under this curve.
    """
    false = highest_false(marks)[np.ones(len(marks.lesions), bool) if all_cases else ~marks.diseased]
    lesions = np.concatenate(marks.lesions)
    weights = np.concatenate(marks.weights) if weighted else np.ones(lesions.size)
    levels = _levels(false, lesions)
    x = [(false >= level).mean() for level in levels]
    y = [float(weights[lesions >= level].sum() / weights.sum()) for level in levels]
    return MarkCurve(np.array([0.0, *x, 1.0]), np.array([0.0, *y, 1.0]))


def mean_curve(curves: Sequence[MarkCurve]) -> MarkCurve:
    """Mean height of several curves, as far to the right as all of them reach."""
    reach = min(float(curve.x[-1]) for curve in curves)
    x = np.linspace(0, reach, _PLACES)
    return MarkCurve(x, np.mean([np.interp(x, *_without_steps(curve)) for curve in curves], axis=0))


def _without_steps(curve: MarkCurve) -> tuple[Array, Array]:
    """Upper end of each vertical step."""
    x, last = np.unique(curve.x[::-1], return_index=True)
    return x, curve.y[::-1][last]


def _levels(*ratings: Array) -> Array:
    """Distinct ratings of marks, from the highest down."""
    together = np.concatenate(ratings)
    return np.unique(together[together > UNMARKED])[::-1]
