"""The perceptron's rule."""

from __future__ import annotations

import numpy as np

from thirdeye.recipes.teaching.perceptron import learn

X, T = (1, 0, 1, 0, 1, 0, 1, 0, 1), (1, 1, 1, 0, 1, 0, 0, 1, 0)


def test_the_lecture_run() -> None:
    shown = learn([X, T], [1, 0], rate=0.5, epochs=9)
    rows = [(one.wanted, one.total, one.answer, one.change) for one in shown[:5]]
    assert rows == [(1, 0, 1, 0), (0, 0, 1, -0.5), (1, -1.5, 0, 0.5), (0, -1, 0, 0), (1, 1, 1, 0)]
    assert shown[1].weights.tolist() == [-0.5, -0.5, -0.5, 0, -0.5, 0, 0, -0.5, 0]
    for one in shown[2:]:
        assert one.weights.tolist() == [0, -0.5, 0, 0, 0, 0, 0.5, -0.5, 0.5]
    assert len(shown) == 18


def test_what_can_be_separated_is_learnt_from_any_start() -> None:
    for seed in range(5):
        start = np.random.default_rng(seed).normal(size=9)
        shown = learn([X, T], [1, 0], rate=0.5, epochs=30, start=start)
        assert [one.answer for one in shown[-2:]] == [1, 0]
        assert shown[-1].change == 0


def test_the_start_is_left_alone() -> None:
    start = np.ones(9)
    learn([X, T], [1, 0], rate=0.5, epochs=1, start=start)
    assert start.tolist() == [1] * 9
