from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.paired import paired_auc
from thirdeye.evaluation.readers.merit import AUC, sensitivity_at, specificity_at
from thirdeye.evaluation.readers.obuchowski_rockette import Random, analyse, analyse_table
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis

RANDOM: dict[str, Random] = {"RRRC": "readers_and_cases", "FRRC": "cases", "RRFC": "readers"}
MRMCAOV = (
    "vandyke.auc.DeLong.RRRC", "vandyke.auc.DeLong.FRRC", "vandyke.auc.unbiased.RRRC",
    "vandyke.auc.jackknife.RRFC", "vandyke.sens_ge3.jackknife.RRRC", "vandyke.spec_ge3.jackknife.RRRC",
    "vandyke.auc.jackknife.cases_nested_in_readers", "vandyke.auc.jackknife.cases_nested_in_tests",
    "franken.auc.unbiased.RRRC", "franken.auc.jackknife.FRRC", "franken.auc.jackknife.RRFC",
    "kundel.auc.jackknife.RRRC", "vandyke_missing60.auc.unbiased.RRRC",
)  # fmt: skip


def close(value: float, expected: float, rtol: float = 1e-6) -> None:
    assert value == pytest.approx(expected, rel=rtol, abs=1e-9)


@pytest.mark.data
@pytest.mark.parametrize("case_id", MRMCAOV)
def test_as_mrmcaov(studies, case_id: str) -> None:
    case = studies[case_id]
    asked, expected = case["params"], case["expected"]
    merit = {"empirical_auc": AUC, "binary_sens": sensitivity_at(3), "binary_spec": specificity_at(3)}
    found = analyse(
        studies.readings(case["input"], asked["case_column"]),
        merit=merit[asked["metric"].split("(")[0]],
        random=RANDOM[asked["analysis"]],
        method=asked["cov"].lower(),
        keep_negative=True,
    )
    for row in expected["reader_metrics"]:
        test, reader = found.tests.index(row["test"]), found.readers.index(row["reader"])
        close(found.figures[test][reader], row["value"])
    _same_components(found, expected["vcov_components"])
    told = expected["global_test"]
    assert found.overall is not None
    close(found.overall.statistic, told.get("F", told.get("X2")))
    close(found.overall.p, told["p-value"])
    if "df2" in told:
        close(found.overall.df_denominator, told["df2"])
    _same_estimates(found.differences, expected["test_diffs"])
    _same_estimates(found.means, expected["test_means"])
    _same_estimates(found.reader_differences, expected.get("reader_test_diffs", ()))


def _same_components(found: Analysis, expected: dict) -> None:
    names = {
        "reader": "reader", "treatment:reader": "interaction", "Error": "error", "Cov1": "same_reader",
        "Cov2": "same_test", "Cov3": "neither",
    }  # fmt: skip
    for name, value in dict(expected or {}).items():
        close(getattr(found.components, names[name]), value)


def _same_estimates(found, expected) -> None:
    assert len(found) == len(expected)
    for one, told in zip(found, expected, strict=True):
        close(one.value, told["Estimate"])
        close(one.standard_error, told["StdErr"])
        close(one.low, told["ci_lower"])
        close(min(one.high, 1.0), told["ci_upper"])  # MRMCaov clips the interval of a mean
        if "df" in told:
            close(one.df, told["df"])
        if "p-value" in told:
            close(one.p, told["p-value"])


@pytest.mark.data
@pytest.mark.parametrize("study", ["vandyke", "franken"])
def test_as_published_by_the_university_of_iowa(studies, study: str) -> None:
    case = studies[f"published.iowa.{study}"]
    expected, readings = case["expected"], studies.readings(f"{study}.csv")
    random = {kind: analyse(readings, method="jackknife", random=RANDOM[kind]) for kind in RANDOM}
    both = random["RRRC"]
    assert both.components is not None
    assert both.overall is not None
    assert np.allclose(both.figures, expected["auc"], atol=case["atol"])
    assert both.squares.test == pytest.approx(expected["MS_T"], abs=case["atol"])
    assert both.squares.interaction == pytest.approx(expected["MS_TR"], abs=case["atol"])
    assert both.components.reader == pytest.approx(expected["var_R"], abs=case["atol"])
    assert both.components.interaction == pytest.approx(expected["var_TR"], abs=case["atol"])  # negative
    assert both.overall.statistic == pytest.approx(expected["RRRC"]["F"], abs=0.006)
    assert both.overall.p == pytest.approx(expected["RRRC"]["p"], abs=6e-5)
    fixed = random["FRRC"]
    assert fixed.overall is not None
    assert fixed.overall.statistic == pytest.approx(expected["FRRC"]["chi2"], abs=case["atol"])
    for one, told in zip(fixed.reader_differences, expected["FRRC"]["reader_diff"], strict=True):
        assert one.value == pytest.approx(told, abs=case["atol"])
    assert random["RRFC"].overall.statistic == pytest.approx(expected["RRFC"]["F"], abs=0.006)


@pytest.mark.data
def test_as_rjafroc_with_five_treatments(studies) -> None:
    case = studies["penedo.wilcoxon.OR.RRRC.5treatments"]
    found = analyse(studies.readings(case["input"]), method="jackknife")
    told = case["expected"]["RRRC"]
    close(found.overall.statistic, told["FTests"]["FStat"][0])
    close(found.overall.p, told["FTests"]["p"][0])
    for one, value, error in zip(
        found.differences, told["ciDiffTrt"]["Estimate"], told["ciDiffTrt"]["StdErr"], strict=True
    ):
        close(one.value, value)
        close(one.standard_error, error)


@pytest.mark.data
@pytest.mark.parametrize("reader", ["1", "2"])
def test_one_reader_is_delongs_paired_test(studies, reader: str) -> None:
    told = studies[f"vandyke.srmc.delong.reader{reader}"]["expected"]
    whole = studies.readings("vandyke.csv")
    at = whole.readers.index(reader)
    one = Readings(whole.ratings[:, at : at + 1], whole.truth, whole.tests, (reader,), whole.cases)
    found = analyse(one, random="cases", method="delong")
    close(found.differences[0].value, told["diff"])
    close(found.differences[0].standard_error, told["diff_se"])
    close(found.differences[0].p, told["p"])
    own = paired_auc(one.truth.astype(int), one.ratings[0, 0], one.ratings[1, 0])
    close(found.differences[0].p, own.p_value)


def test_one_test_gives_means_alone(made: Readings) -> None:
    found = analyse(made.of_test("film"))
    assert found.overall is None
    assert found.differences == ()
    assert len(found.means) == 1


def test_the_usual_covariance_follows_the_design(made: Readings) -> None:
    assert analyse(made).covariance == "delong"
    assert analyse(made, merit=sensitivity_at(0.5)).covariance == "jackknife"
    gap = made.ratings.copy()
    gap[0, 0, 3] = np.nan
    incomplete = Readings(gap, made.truth, made.tests, made.readers, made.cases)
    assert analyse(incomplete).covariance == "jackknife"
    with pytest.raises(DataRefused, match="1 readings are missing"):
        analyse(incomplete, method="delong")


def test_equal_tests_differ_by_nothing(made: Readings) -> None:
    ratings = np.stack([made.ratings[0], made.ratings[0]])
    found = analyse(Readings(ratings, made.truth, made.tests, made.readers, made.cases))
    assert found.differences[0].value == 0
    assert np.isnan(found.overall.statistic)


def test_refusals(made: Readings) -> None:
    with pytest.raises(UsageError, match="choose readers_and_cases"):
        analyse(made, random="everything")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="level"):
        analyse(made, level=95)
    alone = Readings(made.ratings[:, :1], made.truth, made.tests, ("ann",), made.cases)
    with pytest.raises(DataRefused, match="one reader cannot stand for others"):
        analyse(alone)
    with pytest.raises(UsageError, match="need the covariance"):
        analyse_table(np.ones((2, 2)), None, tests=("a", "b"), readers=("c", "d"), merit="auc")


def test_level_of_the_test_under_no_difference() -> None:
    """With random readers and cases, 5 % of studies without a difference find one."""
    rng, found = np.random.default_rng(11), 0
    truth = np.arange(60) < 25
    for _ in range(200):
        case = rng.normal(0, 1, (1, 1, 60))
        reader_by_case = rng.normal(0, 0.5, (1, 4, 60))
        ratings = truth * 1.2 + case + reader_by_case + rng.normal(0, 0.7, (2, 4, 60))
        names = tuple(str(number) for number in range(60))
        study = Readings(ratings, truth, ("a", "b"), ("1", "2", "3", "4"), names)
        found += analyse(study).overall.p < 0.05
    assert 2 <= found <= 20  # 10 expected; outside with probability below 0.003


@pytest.mark.parametrize(("name", "threshold"), [("youden", 0.5), ("accuracy", 0.5), ("partial_auc", None)])
def test_any_figure_of_merit_by_both_methods(made, name: str, threshold: float | None) -> None:
    """OR with the jackknife and DBM give one F and p, whatever the figure."""
    from thirdeye.evaluation.readers.dbm import analyse_pseudovalues
    from thirdeye.evaluation.readers.merit import merit_called

    merit = merit_called(name, threshold)
    found, anova = analyse(made, merit=merit), analyse_pseudovalues(made, merit=merit)
    assert found.covariance == "jackknife"
    assert (found.overall.statistic, found.overall.p) == pytest.approx((anova.statistic, anova.p), rel=1e-9)
