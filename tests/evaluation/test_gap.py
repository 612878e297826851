"""One gap: the published intervals, tests that hold their level, patients in both groups."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.gap import gap_between
from thirdeye.evaluation.group_measures import group_measures
from thirdeye.evaluation.paired import unpaired_auc
from thirdeye.evaluation.proportion import newcombe_difference

POINT = [{"name": "youden", "threshold": 0.5, "origin": "tuned_on_validation"}]
NAMES = ("a", "b")


def binary(truth, scores, clusters=None):
    return read_case_set(
        labels=np.asarray(truth, int), probabilities=np.column_stack([1 - scores, scores]),
        classes=["no", "yes"], task="binary", positive="yes", clusters=clusters, operating_points=POINT,
    )  # fmt: skip


def measure_of(cases, name):
    return next(one for one in group_measures(cases, "binary") if one.name == name)


@pytest.fixture
def drawn():
    rng = np.random.default_rng(5)
    truth = rng.random(300) < 0.4
    scores = 1 / (1 + np.exp(-(rng.normal(size=300) + 1.5 * truth - 0.7)))
    return truth, scores, rng.random(300) < 0.4


def test_independent_shares_are_newcombes(drawn) -> None:
    truth, scores, rows = drawn
    gap = gap_between(measure_of(binary(truth, scores), "sensitivity"), rows, ~rows, names=NAMES)
    called = scores >= 0.5
    counts = [(int((called & truth & part).sum()), int((truth & part).sum())) for part in (rows, ~rows)]
    value, interval = newcombe_difference(*counts[0], *counts[1])
    assert (gap.difference.value, gap.difference.ci_low, gap.difference.ci_high) == pytest.approx(
        (value, interval.low, interval.high)
    )
    assert gap.test == "fisher_midp"
    assert gap.difference.operating_point == "youden"


def test_areas_agree_with_the_unpaired_test(drawn) -> None:
    truth, scores, rows = drawn
    gap = gap_between(measure_of(binary(truth, scores), "auc"), rows, ~rows, names=NAMES)
    plain = unpaired_auc(truth[rows], scores[rows], truth[~rows], scores[~rows])
    assert gap.difference.value == pytest.approx(plain.difference)
    assert gap.p_value == pytest.approx(plain.p_value, abs=0.02)
    assert gap.half_width == pytest.approx(1.96 * abs(plain.difference / plain.statistic), rel=0.05)


def test_patients_in_both_groups_count(drawn) -> None:
    """Left and right of one patient agree, so that the gap between sides is known better than apart."""
    truth, scores, _ = drawn
    both = np.tile(truth, 2), np.tile(scores, 2)
    rows = np.arange(600) < 300
    kept = gap_between(
        measure_of(binary(*both, clusters=np.tile(np.arange(300), 2)), "auc"), rows, ~rows, names=NAMES
    )
    apart = gap_between(measure_of(binary(*both), "auc"), rows, ~rows, names=NAMES)
    assert kept.difference.value == 0
    assert apart.half_width is not None
    assert apart.half_width > 0.03
    assert kept.half_width is None or kept.half_width < 1e-6


def test_few_cases_are_not_tested(drawn) -> None:
    truth, scores, _ = drawn
    rows = np.zeros(300, bool)
    rows[np.flatnonzero(truth)[:9]] = True
    rows[np.flatnonzero(~truth)[:40]] = True
    gap = gap_between(measure_of(binary(truth, scores), "sensitivity"), rows, ~rows, names=NAMES)
    assert gap.p_value is None
    assert gap.untested is not None
    assert "9 patients" in gap.untested
    assert gap.difference.status == "unstable"
    assert gap.difference.ci_low is not None


def test_one_class_in_a_group_is_undefined(drawn) -> None:
    truth, scores, _ = drawn
    gap = gap_between(measure_of(binary(truth, scores), "auc"), truth, ~truth, names=NAMES)
    assert gap.difference.status == "undefined"
    assert gap.difference.value is None


def test_complete_separation_is_not_tested_but_bounded() -> None:
    truth = np.tile([True, False], 60)
    scores = np.where(truth, 0.9, 0.1)
    rows = np.arange(120) < 40
    scores[rows] = np.random.default_rng(0).random(40)
    gap = gap_between(measure_of(binary(truth, scores), "auc"), rows, ~rows, names=NAMES)
    assert gap.p_value is None
    assert gap.difference.ci_low is not None
    assert gap.difference.ci_high is not None
    assert gap.difference.ci_high - gap.difference.ci_low > 0.1


@pytest.mark.parametrize("name", ["auc", "sensitivity", "calibration_in_the_large"])
@pytest.mark.parametrize("repeated", [False, True])
def test_level_without_a_gap(name: str, repeated: bool) -> None:
    """With 12 events in one group, at most about 1 in 100 p values below 0.01."""
    rng = np.random.default_rng(11)
    low = 0
    for _ in range(400):
        each = 2 if repeated else 1
        people = 240 // each
        truth = np.repeat(rng.permutation(people) < 84 // each, each)
        shared = np.repeat(rng.normal(size=people), each) * (0.7 if repeated else 0.0)
        patients = np.repeat(np.arange(people), each)
        scores = 1 / (1 + np.exp(-(rng.normal(size=240) + shared + 2 * truth - 1)))
        rows = np.repeat(rng.permutation(people) < 72 // each, each)
        cases = binary(truth, scores, clusters=patients if repeated else None)
        gap = gap_between(measure_of(cases, name), rows, ~rows, names=NAMES)
        low += gap.p_value is not None and gap.p_value <= 0.01
    assert low <= 12  # P(X > 12) = 0.0003 for 400 draws at 0.01


def test_what_could_be_seen_is_seen_that_often(drawn) -> None:
    """A planted gap as large as the one that is said to be detectable is found four times out of five."""
    rng = np.random.default_rng(2)
    truth, rows = np.ones(400, bool), np.arange(400) < 150
    truth[300:] = False

    def once(gap: float):
        chance = np.where(rows, 0.8 - gap, 0.8)
        scores = np.where(rng.random(400) < chance, 0.9, 0.1)
        return gap_between(measure_of(binary(truth, scores), "sensitivity"), rows, ~rows, names=NAMES)

    size = float(np.mean([once(0.0).detectable(1) or 0.0 for _ in range(50)]))
    found = np.mean([(once(size).p_value or 1.0) <= 0.05 for _ in range(300)])
    assert 0.68 < found < 0.9
