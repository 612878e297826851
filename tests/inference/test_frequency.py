from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.inference.advice import Seen
from thirdeye.inference.frequency import FrequencyAdviser, fit_frequencies

SEEN = cast(Seen, None)


def _opinion(probability: float, **more: Any) -> Opinion:
    return Opinion(
        "a.png", "binary", {"healthy": 1 - probability, "ill": probability}, positive="ill", **more
    )


def test_every_case_lies_in_one_range_and_is_counted_once() -> None:
    rng = np.random.default_rng(0)
    value = rng.uniform(0, 1, 500)
    had = rng.uniform(0, 1, 500) < value
    table = np.column_stack([1 - value, value])
    found = fit_frequencies(table, np.column_stack([~had, had]), ["healthy", "ill"])["ill"]
    assert len(found) == 10
    assert sum(one["n"] for one in found) == 500
    assert sum(one["k"] for one in found) == had.sum()
    for one in found:
        inside = (value >= one["from"]) & (value < one["to"])
        assert (inside.sum(), had[inside].sum()) == (one["n"], one["k"])


def test_too_few_cases_give_no_range() -> None:
    found = fit_frequencies(np.full((19, 2), 0.5), np.zeros((19, 2), bool), ["healthy", "ill"])
    assert found == {"healthy": [], "ill": []}
    assert FrequencyAdviser(found, "ill").advise(_opinion(0.4), SEEN).frequencies == ()


def test_equal_probabilities_share_a_range() -> None:
    table = np.column_stack([np.full(60, 0.7), np.full(60, 0.3)])
    truth = np.column_stack([np.arange(60) >= 20, np.arange(60) < 20])
    (one,) = fit_frequencies(table, truth, ["healthy", "ill"])["ill"]
    assert (one["n"], one["k"], one["from"], one["to"]) == (60, 20, 0.0, 1.0)


@pytest.mark.parametrize("seed", range(8))
def test_ranges_hold_enough_cases_and_leave_no_gap_however_probabilities_tie(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 400))
    value = np.round(rng.beta(0.4, 0.4, n), int(rng.integers(1, 4)))
    value[: int(rng.integers(0, n // 2))] = [0.0, 1.0][seed % 2]
    had = rng.uniform(0, 1, n) < value
    table, truth = np.column_stack([1 - value, value]), np.column_stack([~had, had])
    found = fit_frequencies(table, truth, ["healthy", "ill"])["ill"]
    assert min(one["n"] for one in found) >= 20
    assert (found[0]["from"], found[-1]["to"]) == (0.0, 1.0)
    assert [one["to"] for one in found[:-1]] == [one["from"] for one in found[1:]]
    assert sum(one["n"] for one in found) == n
    assert sum(one["k"] for one in found) == had.sum()


def test_one_case_between_ties_is_no_range() -> None:
    value = np.array([0.1, *[0.2] * 20, 0.5, *[0.9] * 38])
    table = np.column_stack([1 - value, value])
    found = fit_frequencies(table, np.ones((60, 2), bool), ["healthy", "ill"])["ill"]
    assert [(one["from"], one["n"]) for one in found] == [(0.0, 21), (0.5, 39)]


def test_a_probability_below_all_of_validation_lies_in_the_range_that_is_told() -> None:
    value = np.linspace(0.3, 0.9, 80)
    table = np.column_stack([1 - value, value])
    ranges = fit_frequencies(table, np.ones((80, 2), bool), ["healthy", "ill"])
    (one,) = FrequencyAdviser(ranges, "ill").advise(_opinion(0.05), SEEN).frequencies
    assert one.from_probability <= 0.05 < one.to_probability


def test_a_probability_finds_its_range() -> None:
    ranges = {"ill": [{"from": 0.0, "to": 0.2, "n": 50, "k": 1}, {"from": 0.2, "to": 1.0, "n": 40, "k": 37}]}
    adviser = FrequencyAdviser(ranges, "ill")
    (low,), (edge,), (top,) = (adviser.advise(_opinion(p), SEEN).frequencies for p in (0.0, 0.2, 1.0))
    assert (low.k, low.n) == (1, 50)
    assert (edge.k, top.k) == (37, 37)
    assert edge.low < 37 / 40 < edge.high


def test_an_abstention_stays_as_it_is() -> None:
    opinion = Opinion("a.png", "binary", {}, positive="ill", abstained="too dark")
    ranges = {"ill": [{"from": 0.0, "to": 1.0, "n": 40, "k": 2}]}
    assert FrequencyAdviser(ranges, "ill").advise(opinion, SEEN) is opinion


def test_patients_with_several_images_are_one_unit() -> None:
    had = np.repeat([True, False] * 10, 5)
    truth, table = np.column_stack([~had, had]), np.full((100, 2), 0.5)
    patients = np.repeat([f"p{number}" for number in range(20)], 5)
    (alone,) = fit_frequencies(table, truth, ["healthy", "ill"])["ill"]
    (together,) = fit_frequencies(table, truth, ["healthy", "ill"], patients=patients)["ill"]
    assert (alone["n"], alone["k"], alone["patients"]) == (100, 50, None)
    assert (together["n"], together["k"], together["patients"]) == (100, 50, 20)
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])
    (found,) = FrequencyAdviser({"ill": [together]}, "ill").advise(_opinion(0.5), SEEN).frequencies
    assert (found.patients, found.low, found.high) == (20, together["low"], together["high"])
