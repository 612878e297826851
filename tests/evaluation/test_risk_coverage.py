from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.deferral import risk_coverage
from thirdeye.evaluation.risk_coverage import compare_certainties, risk_curve


@pytest.mark.data
def test_known_answer(known) -> None:
    told, columns = known["deferral.risk_coverage"]["value"], known.columns("deferral.risk_coverage")
    p = np.asarray(columns["p"], float)
    wrong = (p >= 0.5) != (np.asarray(columns["y"]) == 1)
    in_order = np.maximum(p, 1 - p) - 1e-12 * np.arange(p.size)  # there, ties keep the order of the rows
    found = compare_certainties(wrong, {"probability": in_order}, n_resamples=10)
    assert found.areas["probability"].value == pytest.approx(told["aurc"], rel=1e-9)


def test_area_is_that_of_the_curve(rng) -> None:
    labels, p = rng.integers(0, 2, 80), rng.random(80)
    plain = risk_coverage(labels, p)
    wrong = (p >= 0.5) != labels
    found = compare_certainties(wrong, {"probability": np.maximum(p, 1 - p)}, n_resamples=50)
    assert found.areas["probability"].value == pytest.approx(plain.aurc)
    curve = risk_curve(wrong, np.maximum(p, 1 - p))
    assert curve["risk"][-1] == pytest.approx(wrong.mean())
    assert np.mean(curve["risk"]) == pytest.approx(plain.aurc, abs=1e-6)


def test_cases_of_equal_certainty_share_their_risk() -> None:
    wrong, constant = [1, 0, 0, 0], [0.5] * 4
    found = compare_certainties(wrong, {"none": constant}, n_resamples=20)
    assert found.areas["none"].value == 0.25
    half = compare_certainties([1, 0, 0, 0], {"half": [0, 0, 1, 1]}, n_resamples=20)
    assert half.areas["half"].value == pytest.approx(0.5 * 0 + 0.5 * 0.25)


def test_a_resampled_patient_counts_as_often_as_it_is_drawn(rng) -> None:
    from thirdeye.evaluation.inputs import check_clusters
    from thirdeye.evaluation.risk_coverage import _area_statistic

    loss, certainty, patients = rng.integers(0, 2, 12).astype(float), rng.random(12), np.arange(12) // 2
    groups = check_clusters(patients, 12)
    weights = np.array([[2, 0, 1, 3, 0, 1]], np.float32)
    rows = np.repeat(np.arange(12), weights[0, patients].astype(int))
    expected = compare_certainties(loss[rows], {"x": certainty[rows]}, n_resamples=5).areas["x"].value
    assert _area_statistic(loss, certainty, groups)(weights)[0, 0] == pytest.approx(expected)


def test_only_a_clear_gain_beats_the_simplest(rng) -> None:
    wrong = rng.random(600) < 0.2
    blunt, sharp = rng.random(600), np.where(wrong, 0.2, 0.8) + 0.2 * rng.random(600)
    found = compare_certainties(wrong, {"simple": blunt, "sharp": sharp}, n_resamples=300)
    assert found.best == "sharp"
    assert found.differences["sharp"].ci_high < 0
    nearly = compare_certainties(
        wrong, {"simple": sharp, "other": sharp + 1e-3 * rng.random(600)}, n_resamples=300
    )
    assert nearly.best == "simple"
    three = compare_certainties(wrong, {"a": blunt, "b": sharp, "c": blunt[::-1].copy()}, n_resamples=300)
    assert three.differences["b"].level == pytest.approx(0.975)


def test_intervals_are_wider_where_cases_cluster(rng) -> None:
    patients = np.repeat(np.arange(40), 10)
    wrong = np.repeat(rng.random(40) < 0.3, 10)
    certainty = rng.random(400)
    known = compare_certainties(wrong, {"x": certainty}, clusters=patients, n_resamples=400).areas["x"]
    alone = compare_certainties(wrong, {"x": certainty}, n_resamples=400).areas["x"]
    assert known.ci_high - known.ci_low > 2 * (alone.ci_high - alone.ci_low)


def test_no_error_is_degenerate_and_nothing_is_refused() -> None:
    assert compare_certainties([0, 0], {"x": [0.1, 0.2]}, n_resamples=5).areas["x"].status == "degenerate"
    with pytest.raises(UsageError, match="no measure"):
        compare_certainties([0, 1], {})


def test_the_curve_does_not_hang_on_the_order_of_rows_and_has_the_area_of_the_measure() -> None:
    rng = np.random.default_rng(4)
    certainty = np.round(rng.random(100), 1)
    loss = (rng.random(100) < 0.3).astype(float)
    curve = risk_curve(loss, certainty)
    turned = rng.permutation(100)
    assert risk_curve(loss[turned], certainty[turned]) == curve
    area = compare_certainties(loss, {"one": certainty}, n_resamples=20).areas["one"].value
    assert np.mean(curve["risk"]) == pytest.approx(area, abs=1e-6)
