from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.auc_intervals import auc_without_each, with_other_intervals
from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import auc_statistic
from thirdeye.evaluation.inputs import check_clusters


def test_leaving_out_a_patient_as_by_hand(clustered):
    y, s, who = clustered
    groups = check_clusters(who, y.size)
    found = auc_without_each(y == 1, s, groups)
    for patient in range(groups.count):
        kept = groups.codes != patient
        assert found[patient] == pytest.approx(auc(y[kept], s[kept]).value, abs=1e-12)


@pytest.mark.data
def test_beside_boot_and_proc(known):
    columns = known.columns("bootstrap.auc.asah")
    told, y, s = known["bootstrap.auc.asah"]["value"], columns["outcome"], columns["s100b"]
    groups = check_clusters(None, y.size)
    draws = resample([auc_statistic(y, s, groups)], y.size, n_resamples=10_000, seed=3)[0][:, 0]
    found = with_other_intervals(auc(y, s), y == 1, s, draws, groups).details
    assert [found["ci_low_bootstrap_bca"], found["ci_high_bootstrap_bca"]] == pytest.approx(
        told["unstratified_bca"], abs=0.012
    )
    assert [found["ci_low_bootstrap_percentile"], found["ci_high_bootstrap_percentile"]] == pytest.approx(
        told["unstratified_percentile"], abs=0.012
    )
    spread = known["auc.asah.s100b"]["value"]["se_hanley_mcneil"]
    assert found["standard_error_hanley_mcneil"] == pytest.approx(spread, rel=1e-9)


def test_a_perfect_or_undefined_auc_keeps_its_own_bound():
    y, s = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    metric = auc(y, s)
    assert with_other_intervals(metric, y == 1, s, np.ones(10), check_clusters(None, 4)) is metric
