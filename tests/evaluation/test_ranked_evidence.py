from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.partial_auc import partial_auc
from thirdeye.evaluation.ranked_evidence import pr_band, ranked_metrics, roc_band
from thirdeye.evaluation.ranked_resamples import ranked_statistic


def measured(y, s, groups, n_resamples=300):
    statistic = ranked_statistic(y, s, groups)
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=4)[0]
    return draws, statistic(np.ones((1, groups.count), np.float32))


@pytest.mark.data
@pytest.mark.parametrize(
    ("case_id", "name"),
    [
        ("pauc.asah.ndka.specificity_1_0.9", "partial_auc_specificity_90_100"),
        ("pauc.asah.ndka.sensitivity_1_0.9", "partial_auc_sensitivity_90_100"),
        ("pauc.asah.wfns.sensitivity_1_0.9", "partial_auc_sensitivity_90_100"),
    ],
)
def test_partial_areas_as_proc(known, case_id, name):
    case, columns = known[case_id], known.columns(case_id)
    y, s = columns["outcome"], columns[case["params"]["score"]]
    groups = check_clusters(None, y.size)
    found = {m.name: m for m in ranked_metrics(y == 1, s, *measured(y, s, groups), groups=groups, level=0.95)}
    assert found[name].value == pytest.approx(case["value"]["pauc"], rel=1e-9)
    told = case["value"]["pauc_mcclish_corrected"]
    corrected = found[f"{name}_mcclish"]
    if told is None:
        assert (corrected.value, corrected.status) == (None, "undefined")
        assert "below the diagonal" in corrected.reason
    else:
        assert corrected.value == pytest.approx(told, rel=1e-9)
        assert corrected.ci_low < told < corrected.ci_high


def test_intervals_by_patient_and_bands(clustered):
    y, s, who = clustered
    groups = check_clusters(who, y.size)
    draws, whole = measured(y, s, groups)
    for metric in ranked_metrics(y == 1, s, draws, whole, groups=groups, level=0.95):
        assert metric.ci_low <= metric.value <= metric.ci_high, metric.name
        assert metric.n_clusters == groups.count
    found = partial_auc(y, s, focus="specificity", low=0.9, high=1)
    corrected = ranked_metrics(y == 1, s, draws, whole, groups=groups, level=0.95)[4]
    assert corrected.name == "partial_auc_specificity_90_100_mcclish"
    assert corrected.value == pytest.approx(found.corrected)
    band = roc_band(draws, whole, level=0.95)
    assert (band["specificity"][0], band["specificity"][-1], band["sensitivity"][-1]) == (1, 0, 1)
    for low, value, high in zip(band["low"], band["sensitivity"], band["high"], strict=True):
        assert low - 1e-9 <= value <= high + 1e-9
    assert len(pr_band(draws, whole, level=0.95)["low"]) == 50


def test_one_class_is_undefined():
    groups = check_clusters(None, 5)
    y, s = np.ones(5, bool), np.linspace(0, 1, 5)
    found = {m.name: m for m in ranked_metrics(y, s, *measured(y, s, groups, 20), groups=groups, level=0.95)}
    assert found["average_precision"].status != "undefined"
    assert (
        found["auc_pr_davis_goadrich"].status == found["partial_auc_specificity_90_100"].status == "undefined"
    )
