"""Standardised differences against values worked out by hand and by another formula."""

from __future__ import annotations

import math

import pytest

from thirdeye.report.publication.smd import smd_of_means, smd_of_shares


def test_means_by_hand() -> None:
    # means 2 and 5, both variances 1
    assert smd_of_means([1, 2, 3], [4, 5, 6]) == pytest.approx(3.0)
    # variances 1 and 4: (5 - 2) / sqrt(2.5)
    assert smd_of_means([1, 2, 3], [3, 5, 7]) == pytest.approx(3 / math.sqrt(2.5))


def test_two_levels_are_the_usual_difference_of_proportions() -> None:
    p, q = 0.3, 0.5
    expected = abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    assert smd_of_shares({"a": 30, "b": 70}, {"a": 50, "b": 50}) == pytest.approx(expected)
    assert smd_of_shares({"b": 30, "a": 70}, {"b": 50, "a": 50}) == pytest.approx(expected)


def test_three_levels_do_not_hang_on_the_order() -> None:
    one = smd_of_shares({"a": 10, "b": 30, "c": 60}, {"a": 25, "b": 25, "c": 50})
    other = smd_of_shares({"c": 10, "b": 30, "a": 60}, {"c": 25, "b": 25, "a": 50})
    assert one == pytest.approx(other)
    # Yang and Dalton by hand: T = (0.05, 0.1) for the levels b and c, S the mean of both covariances
    s11, s22, s12 = (0.21 + 0.1875) / 2, (0.24 + 0.25) / 2, (-0.18 - 0.125) / 2
    t1, t2 = 0.05, 0.1
    squared = (t1 * t1 * s22 - 2 * t1 * t2 * s12 + t2 * t2 * s11) / (s11 * s22 - s12 * s12)
    assert one == pytest.approx(math.sqrt(squared))


def test_what_cannot_be_said_is_none() -> None:
    assert smd_of_means([1.0], [1.0, 2.0]) is None
    assert smd_of_means([1, 1], [2, 2]) is None
    assert smd_of_means([1, 1], [1, 1]) == 0
    assert smd_of_shares({}, {"a": 1}) is None
    assert smd_of_shares({"a": 5}, {"b": 5}) is None
    assert smd_of_shares({"a": 5}, {"a": 9}) == 0
