"""A free-response study as a whole: figures of every test and reader, and what they are without each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.covariance import normalised_pseudovalues
from thirdeye.evaluation.readers.dbm import PseudovalueAnova, anova_of
from thirdeye.evaluation.readers.free_response import free_response_figure
from thirdeye.evaluation.readers.marks import Marks, highest_false, highest_rating
from thirdeye.evaluation.readers.merit import AUC
from thirdeye.evaluation.readers.obuchowski_rockette import Random, analyse_table
from thirdeye.evaluation.readers.result import Analysis

Array = NDArray[np.float64]
DISEASED_ONLY, HEALTHY_ONLY = ("HrSe", "MaxLLF"), ("HrSp", "MaxNLF")


@dataclass(frozen=True)
class FreeResponse:
    """Marks of every reader with every test, on a common list of cases.

    Args:
        marks: [test][reader].
        tests, readers, cases: names.
    """

    marks: tuple[tuple[Marks, ...], ...]
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def diseased(self) -> NDArray[np.bool_]:
        """(C,): cases with a lesion."""
        return self.marks[0][0].diseased

    @property
    def lesions(self) -> int:
        """Lesions of all cases."""
        return sum(len(part) for part in self.marks[0][0].lesions)


def figures_of(study: FreeResponse, figure: str) -> Array:
    """(T, R): the figure of merit of each reader with each test.

    Raises:
        UsageError: an unknown figure.
        DataRefused: it is undefined: no lesion, or no case without one.
    """
    value = free_response_figure(figure)
    found = np.array([[value(one) for one in row] for row in study.marks])
    if np.isnan(found).any():
        healthy = int((~study.diseased).sum())
        raise DataRefused(
            f"{figure} is undefined with {study.lesions} lesions and {healthy} cases without a lesion; "
            "AFROC1 and wAFROC1 do without such cases"
        )
    return found


def left_out(study: FreeResponse, figure: str) -> Array:
    """(T, R, n): the figure without each of the n cases that it rests on.

    A share of diseased (healthy) cases rests on these alone, as in RJafroc; all others on every case.

    Raises:
        UsageError: an unknown figure.
        DataRefused: it is undefined without some case.
    """
    value = free_response_figure(figure)
    counted = np.flatnonzero(_counted(study, figure)).tolist()
    fast = _FAST.get(figure)
    if fast is not None:
        found = np.array([[fast(one)[counted] for one in row] for row in study.marks])
    else:
        found = np.array([[[value(one.without(c)) for c in counted] for one in row] for row in study.marks])
    if np.isnan(found).any():
        case = study.cases[counted[np.argwhere(np.isnan(found))[0][2]]]
        raise DataRefused(f"without case '{case}' {figure} is undefined; two cases of either kind are needed")
    return found


def free_response_table(study: FreeResponse, figure: str) -> tuple[Array, Array]:
    """Figures, and their jackknife covariance over cases.

    Returns:
        (T, R) figures, and (T * R, T * R) covariance, as `obuchowski_rockette.analyse_table` takes them.
    """
    table = figures_of(study, figure)
    left = left_out(study, figure).reshape(table.size, -1)
    n = left.shape[1]
    about = left - left.mean(axis=1, keepdims=True)
    return table, (n - 1) / n * (about @ about.T)


def analyse_free_response(
    study: FreeResponse, *, figure: str = "wAFROC", random: Random = "readers_and_cases", level: float = 0.95
) -> Analysis:
    """Obuchowski and Rockette's analysis of a free-response figure, by the jackknife.

    Args:
        study: one test or more.
        figure: see `free_response.FREE_RESPONSE`.
        random: what the result shall extend to.
        level: of the intervals.

    Raises:
        UsageError, DataRefused: as `obuchowski_rockette.analyse`.
    """
    table, spread = free_response_table(study, figure)
    return analyse_table(
        table, None if random == "readers" else spread, tests=study.tests, readers=study.readers,
        merit=figure, random=random, level=level, covariance="jackknife",
    )  # fmt: skip


def free_response_anova(
    study: FreeResponse, *, figure: str = "wAFROC", readers_fixed: bool = False
) -> PseudovalueAnova:
    """Dorfman, Berbaum and Metz's analysis of a free-response figure.

    Raises:
        UsageError, DataRefused: as `dbm.anova_of`.
    """
    left = left_out(study, figure)
    values = normalised_pseudovalues(figures_of(study, figure), left)
    return anova_of(values, readers_fixed=readers_fixed)


def free_response_of(marks: Sequence[Sequence[Marks]]) -> FreeResponse:
    """A study whose tests, readers and cases are numbered from 1.

    Raises:
        UsageError: no marks, or readers with different numbers of cases.
    """
    sizes = {len(one.lesions) for row in marks for one in row}
    if len(sizes) != 1 or len({len(row) for row in marks}) != 1:
        raise UsageError(f"expected marks of every reader with every test on one list of cases, got {sizes}")
    names = [tuple(str(i + 1) for i in range(n)) for n in (len(marks), len(marks[0]), sizes.pop())]
    return FreeResponse(tuple(tuple(row) for row in marks), *names)


def _counted(study: FreeResponse, figure: str) -> NDArray[np.bool_]:
    if figure in DISEASED_ONLY:
        return study.diseased
    return ~study.diseased if figure in HEALTHY_ONLY else np.ones(len(study.cases), dtype=bool)


def _afroc_without_each(marks: Marks, *, weighted: bool, all_cases: bool) -> Array:
    """`free_response.afroc` without each case, from the sums that each case takes away."""
    cases = len(marks.lesions)
    owner = np.repeat(np.arange(cases), [len(part) for part in marks.lesions])
    lesions = np.concatenate(marks.lesions) if cases else np.array([])
    weight = np.concatenate(marks.weights) if weighted else np.ones(lesions.size)
    false = highest_false(marks)
    counted = np.ones(cases, bool) if all_cases else ~marks.diseased
    won = ((lesions[:, None] > false) + 0.5 * (lesions[:, None] == false)) * (weight[:, None] * counted)
    by_case = np.zeros((cases, cases))  # of the lesions of one case against the false marks of another
    np.add.at(by_case, owner, won)
    left = by_case.sum() - by_case.sum(axis=1) - by_case.sum(axis=0) + by_case.diagonal()
    pairs = (weight.sum() - np.bincount(owner, weight, cases)) * (counted.sum() - counted)
    blank = np.full(cases, np.nan)
    return np.divide(left, pairs, out=blank, where=pairs > 0)


_FAST = {
    "AFROC": lambda marks: _afroc_without_each(marks, weighted=False, all_cases=False),
    "AFROC1": lambda marks: _afroc_without_each(marks, weighted=False, all_cases=True),
    "wAFROC": lambda marks: _afroc_without_each(marks, weighted=True, all_cases=False),
    "wAFROC1": lambda marks: _afroc_without_each(marks, weighted=True, all_cases=True),
    "HrAuc": lambda marks: AUC.leave_one_out(highest_rating(marks), marks.diseased),
}
