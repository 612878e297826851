"""Figures of merit of free-response readings: marks with ratings anywhere in an image.

Chakraborty & Berbaum 2004 (Med Phys 31), Chakraborty & Zhai 2016 (Med Phys 43). An unmarked lesion and an
unmarked case have the rating minus infinity; two of them tie.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.readers.marks import UNMARKED, Marks, highest_false, highest_rating

Array = NDArray[np.float64]


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
