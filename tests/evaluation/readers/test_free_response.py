from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.free_response import FREE_RESPONSE, free_response_figure
from thirdeye.evaluation.readers.free_response_study import (
    analyse_free_response,
    free_response_anova,
    free_response_of,
    left_out,
)
from thirdeye.evaluation.readers.marks import marks_of

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
@pytest.mark.parametrize("case", ["01.wAFROC", "04.wAFROC", "05.HrAuc"])
def test_analysis_as_rjafroc(studies, case: str) -> None:
    number, name = case.split(".")
    told = studies[f"froc.dataset{number}.{name}.OR.RRRC"]["expected"]["RRRC"]
    study = free_response_of(studies.marks(STARTS[number]))
    found = analyse_free_response(study, figure=name)
    assert found.overall.statistic == pytest.approx(told["FTests"]["FStat"][0], rel=1e-6)
    assert found.overall.p == pytest.approx(told["FTests"]["p"][0], rel=1e-6)
    assert found.differences[0].low == pytest.approx(_first(told["ciDiffTrt"]["CILower"]), rel=1e-6)
    anova = free_response_anova(study, figure=name)
    assert (anova.statistic, anova.p) == pytest.approx((found.overall.statistic, found.overall.p), rel=1e-9)


def _first(value: float | list[float]) -> float:
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("name", FREE_RESPONSE)
def test_without_each_case_by_leaving_it_out(name: str, rng) -> None:
    counts = [0, 2, 0, 1, 0, 3, 1, 0]
    case = rng.integers(0, 8, 30)
    lesion = [None if rng.random() < 0.5 or not counts[c] else int(rng.integers(counts[c])) for c in case]
    weights = [[], [0.3, 0.7], [], [1.0], [], [0.2, 0.2, 0.6], [], []]
    marks = marks_of(counts, weights, case=case, lesion=lesion, rating=rng.integers(1, 5, 30))
    found = left_out(free_response_of([[marks]]), name)[0, 0]
    value = free_response_figure(name)
    counted = {
        "HrSe": marks.diseased,
        "MaxLLF": marks.diseased,
        "HrSp": ~marks.diseased,
        "MaxNLF": ~marks.diseased,
    }
    cases = np.flatnonzero(counted.get(name, np.ones(8, bool)))
    assert found == pytest.approx([value(marks.without(c)) for c in cases], rel=1e-12)


def test_no_healthy_case_is_refused_with_a_way_out() -> None:
    marks = marks_of([1, 1, 2], [[], [], []], case=[0], lesion=[0], rating=[1])
    with pytest.raises(DataRefused, match="wAFROC1 do without"):
        analyse_free_response(free_response_of([[marks, marks]]), figure="wAFROC")


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
