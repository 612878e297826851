"""Decisions by least penalty, against a plain loop and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.penalty import least_penalty, penalty_matrix, penalty_score

MATRIX = penalty_matrix([0, 1, 2, 10, 0, 1, 100, 10, 0], 3)


def test_one_penalty_for_every_error_is_the_most_probable_class() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(4), 200)
    alike = penalty_matrix(1 - np.eye(4), 4)
    assert (least_penalty(shares, alike) == shares.argmax(axis=1)).all()


def test_the_expected_penalty_is_the_least_of_all_calls() -> None:
    shares = np.random.default_rng(1).dirichlet(np.ones(3), 100)
    for share, call in zip(shares, least_penalty(shares, MATRIX), strict=True):
        expected = [sum(share[truth] * MATRIX[truth, said] for truth in range(3)) for said in range(3)]
        assert expected[call] == min(expected)


def test_a_small_risk_of_a_bad_error_moves_the_call() -> None:
    assert least_penalty(np.array([[0.95, 0.0, 0.05], [0.99, 0.01, 0.0]]), MATRIX).tolist() == [1, 0]


def test_of_calls_alike_the_most_probable_is_taken() -> None:
    even = penalty_matrix([[0, 1], [1, 0]], 2)
    assert least_penalty(np.array([[0.5, 0.5]]), even).tolist() == [0]
    nothing = penalty_matrix(np.zeros((2, 2)), 2)
    assert least_penalty(np.array([[0.2, 0.8]]), nothing).tolist() == [1]


def test_the_score_is_the_mean_over_cases_with_its_interval() -> None:
    truth, call = np.array([0, 0, 2, 1, 2, 0]), np.array([0, 1, 0, 1, 2, 2])
    found = penalty_score(truth, call, MATRIX)
    assert found.value == pytest.approx((0 + 1 + 100 + 0 + 0 + 2) / 6)
    assert found.ci_low is not None
    assert found.ci_low >= 0
    right = penalty_score(truth, truth, MATRIX)
    assert (right.value, right.ci_low) == (0, None)


@pytest.mark.parametrize(
    ("penalties", "told"),
    [
        ([1, 2, 3], "2 rows"),
        ([0, -1, 1, 0], "from 0"),
        ([1, 1, 1, 0], "diagonal"),
        ([0, np.inf, 1, 0], "from 0"),
    ],
)
def test_penalties_that_cannot_be_are_refused(penalties: list[float], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        penalty_matrix(penalties, 2)
