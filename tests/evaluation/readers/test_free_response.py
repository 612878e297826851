from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.free_response import (
    FREE_RESPONSE,
    free_response_figure,
    free_response_table,
    marks_of,
)
from thirdeye.evaluation.readers.obuchowski_rockette import analyse_table

STARTS = {
    "01": "rjafroc_dataset01_tony_froc",
    "04": "rjafroc_dataset04_fed_froc",
    "05": "rjafroc_dataset05_jt_froc",
}
CASES = [
    *(f"01.{name}" for name in ("AFROC", "AFROC1", "HrAuc", "HrSe", "HrSp", "MaxLLF", "MaxNLFAllCases")),
    *(f"04.{name}" for name in ("wAFROC", "AFROC", "wAFROC1", "HrSe", "HrSp", "MaxNLFAllCases")),
    *(f"05.{name}" for name in ("AFROC1", "HrAuc", "HrSe", "HrSp", "MaxLLF", "MaxNLF")),
]


@pytest.mark.data
@pytest.mark.parametrize("case", CASES)
def test_as_rjafroc(studies, case: str) -> None:
    number, name = case.split(".")
    told = studies[f"froc.dataset{number}.{name}"]["expected"]["values"]
    found = [[FREE_RESPONSE[name](one) for one in row] for row in studies.marks(STARTS[number])]
    assert np.allclose(found, told, rtol=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("case", ["01.wAFROC", "05.HrAuc"])
def test_analysis_as_rjafroc(studies, case: str) -> None:
    number, name = case.split(".")
    told = studies[f"froc.dataset{number}.{name}.OR.RRRC"]["expected"]["RRRC"]
    marks = studies.marks(STARTS[number])
    table, spread = free_response_table(marks, free_response_figure(name))
    readers = tuple(str(number) for number in range(table.shape[1]))
    found = analyse_table(table, spread, tests=("1", "2"), readers=readers, merit=name)
    assert found.overall.statistic == pytest.approx(told["FTests"]["FStat"][0], rel=1e-6)
    assert found.overall.p == pytest.approx(told["FTests"]["p"][0], rel=1e-6)
    assert found.differences[0].low == pytest.approx(told["ciDiffTrt"]["CILower"], rel=1e-6)


def three_cases():
    """Healthy with a false mark of 2; a lesion rated 3 and one missed; healthy and unmarked."""
    return marks_of([0, 2, 0], [[], [], []], case=[0, 1, 1], lesion=[None, 0, None], rating=[2, 3, 1])


def test_by_hand() -> None:
    marks = three_cases()
    # the lesion of 3 beats both healthy cases; the missed one loses to 2 and ties with the unmarked case
    assert FREE_RESPONSE["AFROC"](marks) == pytest.approx((1 + (0 + 0.5) / 2) / 2)
    assert FREE_RESPONSE["AFROC1"](marks) == pytest.approx((1 + (0 + 0 + 0.5) / 3) / 2)
    assert FREE_RESPONSE["HrAuc"](marks) == 1.0
    assert FREE_RESPONSE["HrSp"](marks) == 0.5
    assert FREE_RESPONSE["MaxLLF"](marks) == 0.5
    assert FREE_RESPONSE["MaxNLF"](marks) == 0.5
    assert FREE_RESPONSE["MaxNLFAllCases"](marks) == pytest.approx(2 / 3)


def test_the_highest_of_several_marks_on_a_lesion_counts() -> None:
    marks = marks_of([1, 0], [[1.0], []], case=[0, 0], lesion=[0, 0], rating=[1, 5])
    assert marks.lesions[0].tolist() == [5]


def test_undefined_without_healthy_cases() -> None:
    marks = marks_of([1, 1], [[], []], case=[0], lesion=[0], rating=[1])
    assert np.isnan(FREE_RESPONSE["AFROC"](marks))
    assert np.isfinite(FREE_RESPONSE["AFROC1"](marks))


def test_refusals() -> None:
    with pytest.raises(DataRefused, match="lesion 1 of case 0"):
        marks_of([1], [[]], case=[0], lesion=[1], rating=[1])
    with pytest.raises(DataRefused, match="rating nan"):
        marks_of([1], [[]], case=[0], lesion=[0], rating=[float("nan")])
    with pytest.raises(UsageError, match="choose AFROC"):
        free_response_figure("auc")
