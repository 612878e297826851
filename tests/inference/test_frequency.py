from __future__ import annotations

from typing import Any, cast

import numpy as np

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
    assert (one["n"], one["k"], one["from"], one["to"]) == (60, 20, 0.3, 1.0)


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
