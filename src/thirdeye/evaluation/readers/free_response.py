"""Figures of merit of free-response readings: marks with ratings anywhere in an image.

Chakraborty & Berbaum 2004 (Med Phys 31), Chakraborty & Zhai 2016 (Med Phys 43). An unmarked lesion and an
unmarked case have the rating minus infinity; two of them tie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError

Array = NDArray[np.float64]
UNMARKED = -np.inf


@dataclass(frozen=True)
class Marks:
    """One reader's marks with one test.

    Args:
        false_marks: per case, ratings of the marks that hit no lesion; (C,) sequences, empty where none.
        lesions: per case, the rating of each lesion, `UNMARKED` where it was missed; empty for healthy cases.
        weights: per case, weight of each lesion, summing to 1 in a diseased case.
    """

    false_marks: tuple[Array, ...]
    lesions: tuple[Array, ...]
    weights: tuple[Array, ...]

    @property
    def diseased(self) -> NDArray[np.bool_]:
        """(C,): cases with a lesion."""
        return np.array([len(ratings) > 0 for ratings in self.lesions])

    def without(self, case: int) -> Marks:
        """The marks of all cases but one."""
        kept = [i for i in range(len(self.lesions)) if i != case]
        return Marks(
            *(tuple(part[i] for i in kept) for part in (self.false_marks, self.lesions, self.weights))
        )


def marks_of(
    lesion_counts: Sequence[int],
    weights: Sequence[Sequence[float]],
    *,
    case: Sequence[int],
    lesion: Sequence[int | None],
    rating: Sequence[float],
) -> Marks:
    """Marks from one row per mark.

    Args:
        lesion_counts: lesions of each case.
        weights: of each lesion of each case; equal weights where a list is empty.
        case: (n,) case of each mark, from 0.
        lesion: (n,) lesion that it hit, from 0; None where it hit none.
        rating: (n,) finite.

    Raises:
        DataRefused: a case or lesion that does not exist, or a rating that is not finite.
    """
    false_marks: list[list[float]] = [[] for _ in lesion_counts]
    lesions = [np.full(count, UNMARKED) for count in lesion_counts]
    for at, what, value in zip(case, lesion, rating, strict=True):
        if not 0 <= at < len(lesion_counts) or (what is not None and not 0 <= what < lesion_counts[at]):
            raise DataRefused(f"a mark names lesion {what} of case {at}, which does not exist")
        if not np.isfinite(value):
            raise DataRefused(f"a mark on case {at} has the rating {value}; expected a finite number")
        if what is None:
            false_marks[at].append(float(value))
        else:  # of several marks on one lesion the highest counts
            lesions[at][what] = max(lesions[at][what], float(value))
    share = [
        np.asarray(given, float) if len(given) else np.full(count, 1 / max(count, 1))
        for given, count in zip(weights, lesion_counts, strict=True)
    ]
    return Marks(tuple(np.asarray(part, float) for part in false_marks), tuple(lesions), tuple(share))


def highest_false(marks: Marks) -> Array:
    """(C,): the highest rating of a mark that hit no lesion."""
    return np.array([part.max(initial=UNMARKED) for part in marks.false_marks])


def highest_rating(marks: Marks) -> Array:
    """(C,): the highest rating of any mark: what the case as a whole would be rated."""
    lesion = np.array([part.max(initial=UNMARKED) for part in marks.lesions])
    return np.maximum(highest_false(marks), lesion)


def afroc(marks: Marks, *, weighted: bool, all_cases: bool) -> float:
    """Probability that a lesion is rated above the highest false mark of a case, ties one half.

    Args:
        marks: of one reader and test.
        weighted: wAFROC: lesions count with their weights, every diseased case alike; else all lesions alike.
        all_cases: AFROC1, wAFROC1: false marks of diseased cases count too; else those of healthy cases only.

    Returns:
        NaN without a lesion, or without a case for the false marks.
    """
    lesions = np.concatenate(marks.lesions) if marks.lesions else np.array([])
    weights = np.concatenate(marks.weights) if weighted else np.ones(lesions.size)
    false = highest_false(marks)[np.ones(len(marks.lesions), bool) if all_cases else ~marks.diseased]
    if not lesions.size or not false.size:
        return float("nan")
    won = (lesions[:, None] > false) + 0.5 * (lesions[:, None] == false)
    return float(weights @ won.mean(axis=1) / weights.sum())


def inferred_auc(marks: Marks) -> float:
    """HrAuc: AUC of the highest rating of each case."""
    ratings, diseased = highest_rating(marks), marks.diseased
    above, below = ratings[diseased][:, None], ratings[~diseased][None, :]
    won = (above > below) + 0.5 * (above == below)
    return float(won.mean()) if won.size else float("nan")


def marked_share(marks: Marks, *, diseased: bool) -> float:
    """HrSe: share of diseased cases with a mark; HrSp (`diseased` False): of healthy cases without one."""
    any_mark = highest_rating(marks) > UNMARKED
    among = any_mark[marks.diseased] if diseased else ~any_mark[~marks.diseased]
    return float(among.mean()) if among.size else float("nan")


def lesions_marked(marks: Marks) -> float:
    """MaxLLF: share of lesions with a mark, the right end of the FROC."""
    lesions = np.concatenate(marks.lesions) if marks.lesions else np.array([])
    return float((lesions > UNMARKED).mean()) if lesions.size else float("nan")


def false_marks_per_case(marks: Marks, *, all_cases: bool) -> float:
    """MaxNLF: false marks on healthy cases over their number; over all cases with `all_cases`."""
    cases = np.ones(len(marks.lesions), bool) if all_cases else ~marks.diseased
    if not cases.any():
        return float("nan")
    total = sum(len(part) for part, counted in zip(marks.false_marks, cases, strict=True) if counted)
    return total / int(cases.sum())


FREE_RESPONSE: dict[str, Callable[[Marks], float]] = {
    "AFROC": lambda marks: afroc(marks, weighted=False, all_cases=False),
    "AFROC1": lambda marks: afroc(marks, weighted=False, all_cases=True),
    "wAFROC": lambda marks: afroc(marks, weighted=True, all_cases=False),
    "wAFROC1": lambda marks: afroc(marks, weighted=True, all_cases=True),
    "HrAuc": inferred_auc,
    "HrSe": lambda marks: marked_share(marks, diseased=True),
    "HrSp": lambda marks: marked_share(marks, diseased=False),
    "MaxLLF": lesions_marked,
    "MaxNLF": lambda marks: false_marks_per_case(marks, all_cases=False),
    "MaxNLFAllCases": lambda marks: false_marks_per_case(marks, all_cases=True),
}


def free_response_figure(name: str) -> Callable[[Marks], float]:
    """The figure of merit called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in FREE_RESPONSE:
        raise UsageError(f"no free-response figure is called '{name}'; choose {', '.join(FREE_RESPONSE)}")
    return FREE_RESPONSE[name]


def free_response_table(
    marks: Sequence[Sequence[Marks]], figure: Callable[[Marks], float]
) -> tuple[Array, Array]:
    """Figures of every test and reader, and their jackknife covariance over cases.

    Args:
        marks: [test][reader], all on the same cases.
        figure: of merit.

    Returns:
        (T, R) figures, and (T * R, T * R) covariance, as `obuchowski_rockette.analyse_table` takes them.
    """
    table = np.array([[figure(one) for one in row] for row in marks])
    cases = len(marks[0][0].lesions)
    left = np.array(
        [[[figure(one.without(case)) for case in range(cases)] for one in row] for row in marks]
    ).reshape(table.size, cases)
    about = left - left.mean(axis=1, keepdims=True)
    return table, (cases - 1) / cases * (about @ about.T)
