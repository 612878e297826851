"""What is left of the budget when training ends."""

from __future__ import annotations

import pytest

from thirdeye.journey.dense.reserve import ENGINE, EVIDENCE_S, LARGEST_SHARE, SCORE_S, Reserve

HALF_AN_HOUR = Reserve(1800.0, 2, n_development=20, n_test=20, members=2, views=4)


def test_reading_is_foreseen_case_by_case():
    assert HALF_AN_HOUR.reading_s(0.5, 4) == pytest.approx(0.5 * 4 * (4 + ENGINE * 20))
    assert HALF_AN_HOUR.evidence_s == pytest.approx(EVIDENCE_S + SCORE_S[2] * 40)


def test_most_of_any_budget_is_for_learning():
    for budget in (20.0, 120.0, 1800.0):
        tight = Reserve(budget, 3, n_development=5000, n_test=5000, members=3, views=8)
        reserved = tight.evidence_s + 3 * tight.reading_s(60.0, 2000)
        assert reserved <= LARGEST_SHARE * budget + 1e-9
