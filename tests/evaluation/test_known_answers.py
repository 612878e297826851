"""Published and independently computed numbers, from the folder of known answers beside the checkout."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thirdeye.evaluation.agreement import (
    gwet_ac1,
    kappa,
    kappa_null_error,
    kappa_of_table,
    kappa_standard_error,
)
from thirdeye.evaluation.auc import auc, delong, hanley_mcneil_variance
from thirdeye.evaluation.bootstrap import bca_interval, jackknife, percentile_interval, resample
from thirdeye.evaluation.bootstrap_statistics import auc_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.confusion import TwoByTwo, confusion_matrix, predictive_values
from thirdeye.evaluation.hand_till import hand_till_single_score
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mcnemar import mcnemar, tango_interval, tango_z
from thirdeye.evaluation.operating_point import (
    closest_topleft_points,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
    youden_points,
)
from thirdeye.evaluation.paired import paired_auc, unpaired_auc
from thirdeye.evaluation.precision_recall import average_precision_value, precision_recall_curve
from thirdeye.evaluation.proper_scores import brier, log_loss
from thirdeye.evaluation.proportion import newcombe_difference, proportion, proportion_interval
from thirdeye.evaluation.reliability import brier_decomposition, calibration_error, spiegelhalter_z

pytestmark = pytest.mark.data


def same(value: float | None, expected: float | str | None, rtol: float) -> bool:
    """Equal as the case's own schema means it: null is undefined, "inf" infinite."""
    if expected is None or value is None:
        return expected is None and value is None
    if expected == "inf":
        return value == math.inf
    return value == pytest.approx(expected, rel=rtol, abs=1e-12)


@pytest.mark.parametrize("case_id", ["epi1", "balanced", "rare", "all_zero_pos_pred", "perfect"])
def test_two_by_two(known, case_id):
    case = known[f"2x2.{case_id}"]
    table = known.columns(f"2x2.{case_id}")
    row = int(np.flatnonzero(table["table_id"] == case_id)[0])
    cells = {name: int(table[name][row]) for name in ("tp", "fp", "fn", "tn")}
    found = TwoByTwo(**cells).measures()
    counts = np.array([[cells["tp"], cells["fn"]], [cells["fp"], cells["tn"]]])
    found |= {"cohen_kappa": kappa_of_table(counts), "gwet_ac1": gwet_ac1(counts)}
    wrong = {
        name: (found[name], expected)
        for name, expected in case["value"].items()
        if not same(found[name], expected, case["rtol"])
    }
    assert wrong == {}


@pytest.mark.parametrize("prevalence", ["0.01", "0.05"])
def test_predictive_values_at_a_prevalence(known, prevalence):
    case = known[f"ppv_npv_adjusted.{prevalence}"]
    ppv, npv = predictive_values(0.9, 0.8, prevalence=case["params"]["target_prevalence"])
    assert ppv == pytest.approx(case["value"]["ppv"], rel=1e-12)
    assert npv == pytest.approx(case["value"]["npv"], rel=1e-12)


@pytest.mark.parametrize("case_id", ["0_of_20", "81_of_263", "0_of_1"])
def test_proportion_intervals(known, case_id):
    case = known[f"ci.proportion.{case_id}"]
    x, n = case["params"]["successes"], case["params"]["n"]
    for name, expected in case["value"].items():
        if name != "estimate":
            found = proportion_interval(x, n, method=name.removesuffix("_unclipped"))
            assert found == pytest.approx(expected, rel=case["rtol"], abs=1e-12), name


def test_newcombe(known):
    case = known["ci.diff.newcombe.56_70_48_80"]
    difference, interval = newcombe_difference(*(case["params"][k] for k in ("x1", "n1", "x2", "n2")))
    assert [difference, *interval] == pytest.approx(case["value"], rel=case["rtol"])


@pytest.mark.parametrize("score", ["s100b", "ndka", "wfns"])
def test_auc(known, score):
    case, columns = known[f"auc.asah.{score}"], known.columns(f"auc.asah.{score}")
    found = auc(columns["outcome"], columns[score])
    expected = case["value"]
    assert found.value == pytest.approx(expected["auc"], rel=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx(expected["ci95_delong"], rel=1e-9)
    assert found.details["standard_error"] ** 2 == pytest.approx(expected["var_delong"], rel=1e-9)
    spread = hanley_mcneil_variance(found.value, found.n_pos, found.n_neg)
    assert spread**0.5 == pytest.approx(expected["se_hanley_mcneil"], rel=1e-9)


@pytest.mark.parametrize("score", ["all_tied", "perfect"])
def test_auc_edges(known, score):
    case, columns = known[f"auc.edge.{score}"], known.columns(f"auc.edge.{score}")
    positive = columns["y"] == 1
    area, variance = delong(columns[score][positive], columns[score][~positive])
    assert (area, variance) == (case["value"]["auc"], case["value"]["var_delong"])
    assert auc(columns["y"], columns[score]).status == "degenerate"


@pytest.mark.parametrize("pair", ["s100b_ndka", "wfns_ndka"])
def test_delong_paired_and_unpaired(known, pair):
    one, other = pair.split("_")
    case = known[f"delong.paired.{pair}"]["value"]
    columns = known.columns(f"delong.paired.{pair}")
    found = paired_auc(columns["outcome"], columns[one], columns[other])
    assert (found.first, found.second) == pytest.approx((case["auc1"], case["auc2"]), rel=1e-9)
    assert (found.statistic, found.p_value) == pytest.approx((case["z"], case["p"]), rel=1e-8)
    assert (found.ci_low, found.ci_high) == pytest.approx(case["diff_ci"], rel=1e-8)
    assert found.covariance == pytest.approx(case["cov"], rel=1e-8)
    case = known[f"delong.unpaired_formula.{pair}"]["value"]
    test = unpaired_auc(columns["outcome"], columns[one], columns["outcome"], columns[other])
    assert test[1:] == pytest.approx((case["statistic"], case["df"], case["p"]), rel=1e-8)


@pytest.mark.parametrize("score", ["s100b", "ndka"])
def test_operating_points(known, score):
    case, columns = known[f"operating.asah.{score}"]["value"], known.columns(f"operating.asah.{score}")
    y, s = columns["outcome"], columns[score]
    best = youden_points(y, s)
    assert len(best) == case["n_ties"]
    assert best[0].threshold == pytest.approx(case["youden_threshold"], rel=1e-8)
    assert best[0].sensitivity == pytest.approx(case["youden_sens"], rel=1e-8)
    assert best[0].specificity == pytest.approx(case["youden_spec"], rel=1e-8)
    corner = closest_topleft_points(y, s)[0]
    assert corner.sensitivity == pytest.approx(case["closest_topleft_sens"], rel=1e-8)
    assert corner.specificity == pytest.approx(case["closest_topleft_spec"], rel=1e-8)
    found = sensitivity_at_specificity(y, s, 0.9)[0].sensitivity
    assert found == pytest.approx(case["sens_at_spec_ge90_empirical"], rel=1e-8)
    found = specificity_at_sensitivity(y, s, 0.9)[0].specificity
    assert found == pytest.approx(case["spec_at_sens_ge90_empirical"], rel=1e-8)


@pytest.mark.parametrize("score", ["ndka", "wfns"])
def test_average_precision(known, score):
    case, columns = known[f"prauc.asah.{score}"]["value"], known.columns(f"prauc.asah.{score}")
    found = average_precision_value(columns["outcome"], columns[score])
    assert found == pytest.approx(case["average_precision_step"], rel=1e-7)
    curve = precision_recall_curve(columns["outcome"], columns[score])
    assert curve.baseline == pytest.approx(case["baseline_prevalence"], rel=1e-9)


def test_hand_till_of_a_single_score(known):
    case_id = "multiclass.asah.gos6_3_4_5.single_score"
    case, columns = known[case_id], known.columns(case_id)
    rows = np.isin(columns["gos6"], case["params"]["levels"])
    grades = np.searchsorted(case["params"]["levels"], columns["gos6"][rows])
    found = hand_till_single_score(grades, columns["s100b"][rows], k=3)
    assert found == pytest.approx(case["value"]["hand_till"], rel=1e-9)


def test_cohen(known):
    case, columns = known["cohen.anxiety.r1r2"]["value"], known.columns("cohen.anxiety.r1r2")
    one, other = (columns[rater].astype(int) - 1 for rater in ("rater1", "rater2"))
    table = confusion_matrix(one, other, k=6)
    for weights in ("unweighted", "linear", "quadratic"):
        assert kappa_of_table(table, weights) == pytest.approx(case[weights], rel=1e-6)
    assert kappa_of_table(table) / kappa_null_error(table) == pytest.approx(case["z_unweighted"], rel=1e-6)
    assert kappa_standard_error(table) == pytest.approx(case["vcd_unweighted_ase"], rel=1e-6)
    assert kappa_standard_error(table, "quadratic") == pytest.approx(case["vcd_quadratic_ase"], rel=1e-6)


def test_kappa_paradox_and_constant_raters(known):
    case = known["kappa_paradox.2x2"]
    table = np.array(case["params"]["table_rows_rater1"])
    assert kappa_of_table(table) == pytest.approx(case["value"]["cohen_kappa"], rel=1e-4)
    assert gwet_ac1(table) == pytest.approx(case["value"]["gwet_ac1"], rel=1e-4)
    constant = kappa([1] * 4, [1] * 4, k=2, weights="unweighted")
    assert (constant.value, constant.status) == (
        known["kappa.edge.constant_raters"]["value"]["cohen_kappa"],
        "undefined",
    )


def test_mcnemar(known):
    case = known["mcnemar.small"]
    (_, b), (c, _) = case["params"]["table"]
    assert mcnemar(b, c)._asdict() == pytest.approx(case["value"], rel=1e-8)
    none = mcnemar(0, 0)
    assert (none.chi2, none.p, none.p_exact) == (None, None, 1.0)


def test_mcnemar_of_dtcompair(known):
    case, columns = known["paired.dtcompair.paired1"]["value"], known.columns("paired.dtcompair.paired1")
    for measure, rows in (("sensitivity", columns["d"] == 1), ("specificity", columns["d"] == 0)):
        right = [(columns[test] == columns["d"])[rows] for test in ("y1", "y2")]
        found = mcnemar(int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum()))
        assert right[0].mean() == pytest.approx(case["mcnemar"][measure]["test1"], rel=1e-6)
        assert found.chi2 == pytest.approx(case["mcnemar"][measure]["test.statistic"], rel=1e-6)
        assert found.p == pytest.approx(case["mcnemar"][measure]["p.value"], rel=1e-6)
        assert found.p_exact == pytest.approx(case["exact"][measure]["p.value"], rel=1e-6)


def test_tango(known):
    case = known["noninferiority.paired_sens"]
    b, c, n, margin = (case["params"][k] for k in ("b_new_only_correct", "c_ref_only_correct", "n", "margin"))
    assert tango_interval(b, c, n) == pytest.approx(case["value"]["tango_ci95"], rel=1e-6)
    assert tango_z(b, c, n, -margin) == pytest.approx(case["value"]["tango_z_at_minus_margin"], rel=1e-6)


def test_calibration(known):
    case, columns = known["calibration.sim300"]["value"], known.columns("calibration.sim300")
    y, p = columns["y"], columns["p"]
    intercept, slope, ratio = calibration_metrics(y, p)
    assert intercept.value == pytest.approx(case["citl_offset_intercept"], rel=1e-6)
    assert (intercept.ci_low, intercept.ci_high) == pytest.approx(case["citl_ci_wald"], rel=1e-6)
    assert slope.value == pytest.approx(case["slope"], rel=1e-6)
    assert (slope.ci_low, slope.ci_high) == pytest.approx(case["slope_ci_wald"], rel=1e-6)
    assert slope.details["intercept_with_slope"] == pytest.approx(case["intercept_with_slope"], rel=1e-6)
    assert ratio.value == pytest.approx(case["expected_over_observed"], rel=1e-9)
    assert brier(y, p).value == pytest.approx(case["brier"], rel=1e-9)
    assert log_loss(y, p).value == pytest.approx(case["log_loss"], rel=1e-6)
    assert spiegelhalter_z(y, p) == pytest.approx(case["spiegelhalter_z"], rel=1e-6)
    assert auc(y, p).value == pytest.approx(case["auc"], rel=1e-6)
    for binning in ("equal_width", "equal_mass"):
        found = calibration_error(y, p, binning=binning)
        expected = case[f"ece_{binning}_10"], case[f"mce_{binning}_10"]
        assert found == pytest.approx(expected, rel=1e-6), binning
    parts = brier_decomposition(y, p)
    assert parts["reliability"] == pytest.approx(case["murphy_reliability_10bins"], rel=1e-6)
    assert parts["resolution"] == pytest.approx(case["murphy_resolution_10bins"], rel=1e-6)
    assert parts["uncertainty"] == pytest.approx(case["murphy_uncertainty"], rel=1e-6)
    assert parts["within_bin_variance"] == pytest.approx(case["murphy_within_bin_variance"], rel=1e-6)
    assert parts["within_bin_covariance"] == pytest.approx(case["murphy_within_bin_covariance"], rel=1e-6)


@pytest.mark.parametrize("n_bins", [2, 5, 10])
def test_calibration_error_of_metrics_reloaded(known, n_bins):
    case = known["ece.pitfalls_sn224"]
    found = calibration_error(case["params"]["y"], case["params"]["p"], n_bins=n_bins)
    assert found == pytest.approx((case["value"][f"ece{n_bins}"], case["value"][f"mce{n_bins}"]), rel=1e-9)


def test_probabilities_of_zero_and_one(known):
    params = known["brier.edge.perfect"]["params"]
    assert brier(params["y"], params["p"]).value == 0
    loss = log_loss(params["y"], params["p"])
    assert math.isfinite(loss.value)
    params = known["calibration.edge.p_zero_one"]["params"]
    intercept, _, _ = calibration_metrics(params["y"], params["p"])
    assert intercept.details["n_clipped"] == 3
    assert "clipped at 1e-06" in intercept.convention


def test_clustered_rates(known):
    case, columns = known["clustered.sens_spec"]["value"], known.columns("clustered.sens_spec")
    sick = columns["truth"] == 1
    right = columns["truth"] == columns["pred"]
    sens = proportion(right[sick], name="sensitivity", clusters=columns["patient"][sick])
    spec = proportion(right[~sick], name="specificity", clusters=columns["patient"][~sick])
    assert sens.value == pytest.approx(case["sensitivity"], rel=1e-9)
    assert (sens.ci_low, sens.ci_high) == pytest.approx(case["sens_ci_logit_free"], rel=1e-9)
    assert (sens.n, sens.n_clusters) == (case["n_pos"], case["clusters_sens"])
    assert sens.details["design_effect"] == pytest.approx(case["deff_sens"], rel=1e-9)
    assert spec.value == pytest.approx(case["specificity"], rel=1e-9)
    assert (spec.n, spec.n_clusters) == (case["n_neg"], case["clusters_spec"])
    assert spec.details["design_effect"] == pytest.approx(case["deff_spec"], rel=1e-9)
    half = (spec.ci_high - spec.ci_low) / 2 / 1.959963984540054
    assert half == pytest.approx(case["se_cluster_spec"], rel=1e-9)


def test_clustered_auc(known):
    case_id = "clustered.auc.obuchowski1997"
    case, columns = known[case_id]["value"], known.columns(case_id)
    found = auc(columns["truth"], columns["score"], clusters=columns["patient"])
    assert found.value == pytest.approx(case["auc"], rel=1e-8)
    assert found.details["standard_error"] == pytest.approx(case["se"], rel=1e-8)
    assert (found.ci_low, found.ci_high) == pytest.approx(case["ci95"], rel=1e-8)
    naive = auc(columns["truth"], columns["score"])
    assert naive.details["standard_error"] ** 2 == pytest.approx(case["var_delong_naive"], rel=1e-8)


def test_bootstrap_of_auc(known):
    case, columns = known["bootstrap.auc.asah"]["value"], known.columns("bootstrap.auc.asah")
    y, s = columns["outcome"], columns["s100b"]
    statistic = auc_statistic(y, s, check_clusters(None, y.size))
    plain = resample([statistic], y.size, n_resamples=10000, seed=1)[0][:, 0]
    assert percentile_interval(plain) == pytest.approx(case["unstratified_percentile"], abs=0.012)
    value = auc(y, s).value
    bca = bca_interval(plain, value, jackknife(statistic, y.size)[:, 0])
    assert bca == pytest.approx(case["unstratified_bca"], abs=0.012)
    fixed = resample([statistic], y.size, n_resamples=10000, seed=1, strata=y)[0][:, 0]
    assert percentile_interval(fixed) == pytest.approx(case["stratified_percentile"], abs=0.012)
    assert fixed.std(ddof=1) == pytest.approx(case["se_stratified"], rel=0.05)


def test_subgroups(known):
    case, columns = known["subgroups.fairness"]["value"], known.columns("subgroups.fairness")
    names = list(columns)
    label = next(name for name in names if set(np.unique(columns[name])) == {0.0, 1.0})
    group = next(name for name in names if columns[name].dtype.kind == "U")
    for which in ("A", "B"):
        rows = columns[group] == which
        y, s = columns[label][rows], columns["score"][rows]
        found = auc(y, s)
        assert found.value == pytest.approx(case[which]["auc"], rel=1e-9)
        assert found.details["standard_error"] ** 2 == pytest.approx(case[which]["auc_var"], rel=1e-9)
        called = s >= 0.5
        assert called[y == 1].mean() == pytest.approx(case[which]["sens"], rel=1e-9)
