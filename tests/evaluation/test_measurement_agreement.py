from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.intraclass import icc
from thirdeye.evaluation.measurement_agreement import agreement_metrics, cobb_smape


def by_name(*args, **kwargs):
    return {metric.name: metric for metric in agreement_metrics(*args, name="Cobb 1", **kwargs)}


def test_independent_cases_by_hand() -> None:
    truth, found = [10.0, 20, 30, 40], [12.0, 21, 29, 44]
    metrics = by_name(truth, found, unit="deg", n_resamples=200)
    gaps = np.array([2.0, 1, -1, 4])
    assert metrics["mae_deg"].value == pytest.approx(2.0)
    assert metrics["bias_deg"].value == pytest.approx(1.5)
    sd = gaps.std(ddof=1)
    assert metrics["loa_low_deg"].value == pytest.approx(1.5 - 1.96 * sd)
    assert metrics["loa_high_deg"].value == pytest.approx(1.5 + 1.96 * sd)
    # interval of the bias: t(3) of 97.5 % is 3.18245
    assert metrics["bias_deg"].ci_high == pytest.approx(1.5 + 3.18245 * sd / 2, abs=1e-4)
    assert metrics["icc_2_1"].value == pytest.approx(icc(np.column_stack([truth, found])).value)
    assert {metric.class_name for metric in metrics.values()} == {"Cobb 1"}
    assert metrics["mae_deg"].status == "unstable"  # four cases


def test_repeated_patients_take_the_variances_apart() -> None:
    """Worked by hand from the one-way analysis of variance of Bland & Altman 2007."""
    gaps, patients = np.array([1.0, 3, 2, 6, 4, 5]), ["a", "a", "b", "b", "b", "c"]
    truth = np.array([10.0, 20, 30, 40, 50, 60])
    metrics = by_name(truth, truth + gaps, unit="deg", clusters=patients, n_resamples=300)
    mean = gaps.mean()
    sizes = np.array([2, 3, 1])
    means = np.array([2.0, 4.0, 5.0])
    within = (2 + 8 + 0) / (6 - 3)
    between = (sizes * (means - mean) ** 2).sum() / 2
    typical = (6 - (sizes**2).sum() / 6) / 2
    sd = (max(0.0, (between - within) / typical) + within) ** 0.5
    assert metrics["bias_deg"].value == pytest.approx(mean)
    assert metrics["loa_high_deg"].value == pytest.approx(mean + 1.96 * sd)
    assert metrics["icc_2_1"].value == pytest.approx(icc(np.column_stack([truth, truth + gaps])).value)
    assert metrics["icc_2_1"].ci_method == "bootstrap_percentile_by_cluster"
    assert metrics["bias_deg"].n_clusters == 3


def test_intervals_cover_with_repeated_patients(rng) -> None:
    """Cases of one patient err alike: the interval of the bias has to know it."""
    inside = 0
    for seed in range(120):
        patients = np.repeat(np.arange(25), 4)
        gaps = np.repeat(rng.normal(1, 1, 25), 4) + rng.normal(0, 0.5, 100)
        truth = rng.normal(30, 10, 100)
        metrics = by_name(truth, truth + gaps, unit="deg", clusters=patients, n_resamples=300, seed=seed)
        inside += metrics["bias_deg"].ci_low <= 1 <= metrics["bias_deg"].ci_high
    assert inside >= 105  # 114 expected; intervals for independent cases would hold it in about 80


def test_nothing_and_one_case() -> None:
    assert {m.status for m in by_name([], [], unit="deg").values()} == {"undefined"}
    one = by_name([10.0], [12.0], unit="mm")
    assert one["mae_mm"].value == 2
    assert {one[name].status for name in ("bias_mm", "loa_low_mm", "loa_high_mm", "icc_2_1")} == {"undefined"}


def test_smape_of_the_challenge() -> None:
    truth, found = [[10.0, 5, 5], [40, 20, 0], [0, 0, 0]], [[12.0, 5, 4], [30, 20, 10], [0, 0, 0]]
    metric = cobb_smape(truth, found, name="Cobb", n_resamples=200)
    assert metric.value == pytest.approx(100 * (3 / 41 + 20 / 120) / 2)
    assert metric.n_excluded == {"all angles 0": 1}
    assert cobb_smape(np.zeros((3, 3)), np.zeros((3, 3)), name="Cobb").status == "undefined"


def test_refusals() -> None:
    with pytest.raises(UsageError, match="no unit of measurements is called 'cm'"):
        agreement_metrics([1.0], [2.0], name="a", unit="cm")
    with pytest.raises(DataRefused, match="not finite"):
        agreement_metrics([1.0, np.nan], [2.0, 1], name="a", unit="mm")
