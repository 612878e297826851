"""A stream of cases: two charts, its own first cases as a reference, sentences."""

from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.stream import SETTLE, Stream, new_stream, sentences, state_of, thinned, values_of

DRAW = np.random.default_rng(2)
REFERENCE = {"distance": DRAW.gamma(2, size=200).tolist(), "probability": DRAW.random(200).tolist()}


def run(stream: Stream, n: int, *, far: float = 0.0, more: float = 0.0) -> Stream:
    for _ in range(n):
        values = {
            "distance": float(DRAW.gamma(2)) + far,
            "probability": min(1.0, float(DRAW.random()) + more),
        }
        stream = stream.with_case(values, abstained=False)
    return stream


def test_quiet_then_far_images_ring_their_chart_alone() -> None:
    quiet = run(new_stream("a", REFERENCE), 150)
    assert quiet.rang == ()
    assert sentences(quiet, "ill") == ["No drift is seen in 150 cases."]
    loud = run(quiet, 60, far=3.0)
    assert loud.rang == ("distance",)
    (said,) = sentences(loud, "ill")
    assert "images lie farther from what the reader knows than held-out development cases" in said
    assert state_of(loud)["distance"]["rang"] > 150


def test_probabilities_that_rise_ring_and_name_the_class() -> None:
    (said,) = sentences(run(new_stream("a", REFERENCE), 120, more=0.4), "ill")
    assert "the probability of “ill” is higher than in held-out development cases" in said


def test_a_reader_without_a_reference_takes_the_first_cases() -> None:
    early = run(new_stream("a", {"distance": [1.0] * 49}), SETTLE - 1)
    assert early.charts == {}
    assert "99 of the first 100 cases are in" in sentences(early, None)[0]
    settled = run(early, 50)
    assert settled.charts["distance"].n == 49
    assert settled.rang == ()
    (said,) = sentences(run(settled, 60, far=4.0), None)
    assert "than the first cases" in said


def test_round_trip_and_strange_states() -> None:
    stream = run(new_stream("a", REFERENCE), 30)
    form = json.loads(json.dumps(stream.as_json(), allow_nan=False))
    again = Stream.from_json(form, model="a")
    assert again.as_json() == stream.as_json()
    with pytest.raises(StudyMismatch, match="another reader"):
        Stream.from_json(form, model="b")
    with pytest.raises(StudyMismatch, match="newer"):
        Stream.from_json(form | {"version": 9}, model="a")
    for bad in ([], {}, form | {"charts": 3}, form | {"reference": {"distance": ["x"]}},
                form | {"reference": {"distance": [1.0]}}):  # fmt: skip
        with pytest.raises(UsageError, match="--restart"):
            Stream.from_json(bad, model="a")


def test_values_of_opinions() -> None:
    opinion = {
        "probabilities": {"ill": 0.2, "well": 0.8},
        "familiarity": {"distance": 0.4, "rank": None, "n": 0},
    }
    assert values_of(opinion, "ill") == {"distance": 0.4, "probability": 0.2}
    assert values_of(opinion, None)["probability"] == 0.8
    assert values_of({"probabilities": {}, "familiarity": None}, "ill") == {}


def test_no_case_and_abstentions_are_said() -> None:
    stream = new_stream("a", REFERENCE)
    assert sentences(stream, None) == ["No case has come yet."]
    stream = stream.with_case({"distance": 1.0}, abstained=True)
    assert sentences(stream, None)[-1] == "The reader gave no opinion on 1 of 1 cases."


def test_thinned_keeps_the_ends() -> None:
    values = thinned(DRAW.permutation(2001) / 2000)
    assert len(values) == 500
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert values == sorted(values)
    assert thinned([]) == []


@pytest.mark.parametrize("upright", [True, False])
def test_probabilities_that_are_almost_0_or_1_do_not_ring_by_rounding(upright: bool) -> None:
    draw = np.random.default_rng(5)

    def some(n: int) -> np.ndarray:
        small = np.where(draw.random(n) < 0.7, 10 ** draw.uniform(-9, -7, n), draw.random(n))
        return small if upright else 1 - small

    stream = new_stream("a", {"probability": thinned(some(400))})
    for p in some(400):
        values = values_of({"probabilities": {"ill": float(p), "well": 1 - float(p)}}, "ill")
        stream = stream.with_case(values, abstained=False)
    assert stream.rang == ()
    assert abs(stream.charts["probability"].level) < 0.5
