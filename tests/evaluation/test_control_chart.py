"""The control chart: promised false alarms by simulation, drifts that are found, the arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import norm

from thirdeye.errors import UsageError
from thirdeye.evaluation.control_chart import (
    CASES_PROMISED,
    FALSE_ALARMS_PROMISED,
    WEIGHT,
    Chart,
    limit,
    standing,
)


def _largest(reference: np.ndarray, stream: np.ndarray) -> float:
    """Largest level of a stream, computed apart: normal scores of ranks through a linear filter."""
    scores = norm.ppf((np.searchsorted(reference, stream) + 0.5) / (len(reference) + 1))
    return float(np.abs(lfilter([WEIGHT], [1, WEIGHT - 1], scores)).max())


@pytest.mark.parametrize("n", [50, 200, 1000])
def test_in_control_as_few_charts_ring_as_promised(n: int) -> None:
    """Reference and stream from one skewed distribution, both drawn afresh each time."""
    draw, runs = np.random.default_rng(n), 800
    rang = sum(
        _largest(np.sort(draw.gamma(2, size=n)), draw.gamma(2, size=CASES_PROMISED)) > limit(n)
        for _ in range(runs)
    )
    assert rang / runs <= FALSE_ALARMS_PROMISED + 2.6 * (FALSE_ALARMS_PROMISED / runs) ** 0.5


def test_the_chart_agrees_with_the_filter() -> None:
    draw = np.random.default_rng(0)
    reference, stream = np.sort(draw.normal(size=120)), draw.normal(0.2, 1, 60)
    scores = norm.ppf((np.searchsorted(reference, stream) + 0.5) / 121)
    expected = lfilter([WEIGHT], [1, WEIGHT - 1], scores)[-1]
    assert Chart().with_values(stream, reference).level == pytest.approx(expected)


@pytest.mark.parametrize(("shift", "within"), [(1.0, 60), (-1.0, 60), (2.0, 25)])
def test_a_shift_is_found_and_dated(shift: float, within: int) -> None:
    draw, late, dated = np.random.default_rng(5), [], []
    for _ in range(50):
        reference = np.sort(draw.normal(size=300))
        chart = Chart().with_values(np.r_[draw.normal(size=200), draw.normal(shift, 1, 200)], reference)
        late.append(chart.rang - 200)
        dated.append(chart.started - 200)
        assert (chart.level > 0) == (shift > 0)
    assert 0 < np.median(late) <= within
    assert abs(np.median(dated)) <= 30


def test_standing_by_hand() -> None:
    reference = [1.0, 2.0, 2.0, 3.0]
    assert standing(0.0, reference) == pytest.approx(norm.ppf(0.1))
    assert standing(2.0, reference) == 0.0  # ties share the middle
    assert standing(9.0, reference) == pytest.approx(norm.ppf(0.9))


def test_state_in_two_calls_is_the_state_in_one() -> None:
    draw = np.random.default_rng(1)
    reference, stream = np.sort(draw.normal(size=80)), draw.normal(1, 1, 90)
    half = Chart.from_json(Chart().with_values(stream[:31], reference).as_json())
    assert half.with_values(stream[31:], reference) == Chart().with_values(stream, reference)


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        {},
        {"n": 1, "level": "x", "started": 0, "rang": 0},
        {"n": -1, "level": 0, "started": 0, "rang": 0},
    ],
)
def test_damaged_states_are_refused(form: object) -> None:
    with pytest.raises(UsageError):
        Chart.from_json(form)


def test_a_reference_of_few_cases_is_refused() -> None:
    with pytest.raises(UsageError, match="50 cases in control, not 49"):
        limit(49)
