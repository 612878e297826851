"""Checks on held-out cases stay within their share of the time."""

from __future__ import annotations

import pytest

from thirdeye.training.dense.checks import CHECKS, MOST_CASES, Checks


def played(case_s, round_s, rounds, held_out=100):
    """Seconds of checks, and how many images each one read."""
    checks, counts = Checks(), []
    for done in range(1, rounds + 1):
        count = checks.cases(done, rounds, round_s * rounds, held_out)
        if count:
            checks.took(count * case_s, count)
            counts.append(count)
    return checks.spent_s, counts


@pytest.mark.parametrize(
    ("case_s", "round_s", "rounds"), [(0.01, 1, 100), (1, 1, 100), (4, 2, 30), (30, 1, 20), (0.1, 50, 8)]
)
def test_never_more_than_a_share_and_one_image(case_s, round_s, rounds):
    spent, counts = played(case_s, round_s, rounds)
    assert spent <= 0.05 * round_s * rounds + case_s
    assert len(counts) <= CHECKS + 1
    assert max(counts) <= MOST_CASES
    assert counts[0] == 1


def test_cheap_checks_are_full_and_dear_ones_are_left_out():
    assert played(0.001, 1, 80)[1][1:] == [MOST_CASES] * (CHECKS - 1)  # after the last round all are read
    assert played(60, 1, 80)[1] == [1]


def test_nothing_held_out_is_never_checked():
    assert played(1, 1, 10, held_out=0) == (0, [])
