from __future__ import annotations

import pytest

from thirdeye.errors import DataRefused
from thirdeye.evaluation.readers.dbm import analyse_pseudovalues
from thirdeye.evaluation.readers.obuchowski_rockette import analyse
from thirdeye.evaluation.readers.readings import Readings


@pytest.mark.data
@pytest.mark.parametrize(
    "case_id", ["vandyke.wilcoxon.DBM.RRRC", "franken.wilcoxon.DBM.RRRC", "vandyke.wilcoxon.DBM.FRRC"]
)
def test_as_rjafroc(studies, case_id: str) -> None:
    case = studies[case_id]
    expected, kind = case["expected"], case["params"]["analysis"]
    found = analyse_pseudovalues(studies.readings(case["input"]), readers_fixed=kind == "FRRC")
    table = expected["ANOVA"]["TRCanova"]
    for name, square in zip(table["row_names"], table["MS"], strict=True):
        if square is not None:
            assert found.mean_squares[name] == pytest.approx(square, rel=1e-6)
    told = expected["ANOVA"]["VarCom"]["Estimates"]
    assert list(found.variances.values()) == pytest.approx(told, rel=1e-6)
    test = expected[kind]["FTests"]
    assert found.statistic == pytest.approx(test["FStat"][0], rel=1e-6)
    assert found.df_denominator == pytest.approx(test["DF"][1], rel=1e-6)
    assert found.p == pytest.approx(test["p"][0], rel=1e-6)
    assert found.difference_error == pytest.approx(expected[kind]["ciDiffTrt"]["StdErr"], rel=1e-6)


def test_equals_obuchowski_rockette_with_the_jackknife(made: Readings) -> None:
    dbm, other = analyse_pseudovalues(made), analyse(made, method="jackknife")
    assert other.overall is not None
    assert dbm.statistic == pytest.approx(other.overall.statistic, rel=1e-9)
    assert dbm.df_denominator == pytest.approx(other.overall.df_denominator, rel=1e-9)
    assert dbm.p == pytest.approx(other.overall.p, rel=1e-9)
    assert dbm.variances["error"] > 0


def test_two_tests_are_needed(made: Readings) -> None:
    with pytest.raises(DataRefused, match="two tests or more"):
        analyse_pseudovalues(made.of_test("film"))
