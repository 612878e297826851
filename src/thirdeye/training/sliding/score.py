"""How well peaks meet objects, by the distance of their middles: what training chooses by.

A peak meets an object of its class within half the object's side, as in the contests on mitoses (Ciresan et
al., MICCAI 2013); each object is met once, by the most certain peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.froc import RATES, FrocCurve, FrocMarks, froc_curve
from thirdeye.training.sliding.cases import CLEAR, SlidingCase
from thirdeye.transform.sliding.peaks import Peaks


@dataclass(frozen=True)
class Score:
    """What a reading of some images is worth.

    Args:
        sensitivity: mean over 1/8 to 8 false positives an image and over the classes; NaN without objects.
        curves: class (from 0) to its curve, for classes that are there.
    """

    sensitivity: float
    curves: dict[int, FrocCurve]


def score_peaks(cases: Sequence[SlidingCase], found: Sequence[Peaks], stride: int, n_classes: int) -> Score:
    """Score the peaks of some images, class by class.

    Args:
        cases: the images.
        found: peaks of each, places in cells.
        stride: pixels of a cell.
        n_classes: background not among them.
    """
    curves = {}
    for number in range(n_classes):
        marks = _marks(cases, found, stride, number)
        if marks.lesions.sum():
            curves[number] = froc_curve(marks) if len(marks.hit_score) + len(marks.false_score) else _blank()
    means = [float(np.mean([curve.at(rate) for rate in RATES])) for curve in curves.values()]
    return Score(float(np.mean(means)) if means else float("nan"), curves)


def false_per_image_at(curve: FrocCurve, sensitivity: float) -> float:
    """Fewest false positives an image at which this share of the objects is found; infinite if never."""
    there = curve.false_per_image[curve.sensitivity >= sensitivity - 1e-9]
    return float(there.min()) if there.size else float("inf")


def _blank() -> FrocCurve:
    return FrocCurve(np.zeros(1), np.zeros(1), np.zeros(1))


def _marks(cases: Sequence[SlidingCase], found: Sequence[Peaks], stride: int, number: int) -> FrocMarks:
    hits: list[tuple[int, float]] = []
    false: list[tuple[int, float]] = []
    lesions = []
    for image, (case, peaks) in enumerate(zip(cases, found, strict=True)):
        mine = case.classes == number + 1
        lesions.append(int(mine.sum()))
        own = peaks.classes == number
        met = _met(case.centres[mine], case.sides[mine], peaks.places[own] * stride)
        for hit, score in zip(met, peaks.scores[own], strict=True):
            (hits if hit else false).append((image, float(score)))
    return FrocMarks(*_columns(hits), *_columns(false), np.array(lesions, np.int64))


def _met(
    centres: NDArray[np.float64], sides: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of the places, the most certain first, meet an object that is still free."""
    free, result = np.ones(len(centres), bool), np.zeros(len(places), bool)
    for index, place in enumerate(places):
        gaps = np.where(free, np.linalg.norm(centres - place, axis=1) / np.maximum(sides, 1e-6), np.inf)
        if gaps.size and gaps.min() <= CLEAR:
            free[int(gaps.argmin())] = False
            result[index] = True
    return result


def _columns(marks: list[tuple[int, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return np.array([one for one, _ in marks], np.int64), np.array([score for _, score in marks], np.float64)
