"""The learning rate rises for a tenth of the steps and falls by half a cosine."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from thirdeye.training.schedule import momentum_at, plateau_factor, rate_factor


@pytest.mark.parametrize("total", [1, 2, 3, 10, 100, 1000])
def test_it_stays_between_nothing_and_the_peak(total: int) -> None:
    factors = [rate_factor(step, total) for step in range(total)]
    assert all(0 < factor <= 1 for factor in factors)
    assert max(factors) == 1.0


def test_shape_over_a_thousand_steps() -> None:
    factors = [rate_factor(step, 1000) for step in range(1000)]
    assert factors[:100] == pytest.approx([(step + 1) / 100 for step in range(100)])
    assert factors[100] == 1.0
    assert factors[550] == pytest.approx(0.5)
    assert factors[999] == pytest.approx(0.5 * (1 + math.cos(math.pi * 899 / 900)))
    assert all(later < earlier for earlier, later in pairwise(factors[100:]))


def test_steps_fall_after_whole_epochs() -> None:
    factors = [rate_factor(step, 60, "steps:2:0.1", 10) for step in range(60)]
    assert factors[:20] == [1.0] * 20
    assert factors[20] == factors[39] == 0.1
    assert factors[40] == pytest.approx(0.01)


def test_a_constant_rate_is_constant() -> None:
    assert {rate_factor(step, 50, "constant", 5) for step in range(50)} == {1.0}


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([], 1.0),
        ([3.0, 2.0, 1.0], 1.0),
        ([1.0, 1.2], 1.0),
        ([1.0, 1.2, 1.1], 0.1),
        ([1.0, 1.2, 1.1, 0.9, 1.0], 0.1),
        ([1.0, 1.2, 1.1, 0.9, 1.0, 0.95], 0.01),
        ([1.0, 1.0, 1.0, 1.0, 1.0], 0.01),
    ],
)
def test_a_plateau_lowers_the_rate_of_the_next_epoch(losses: list[float], expected: float) -> None:
    history = [{"validation_loss": loss} for loss in losses]
    assert plateau_factor("plateau:2:0.1", history) == pytest.approx(expected)
    assert plateau_factor("cosine", history) == 1.0
    assert rate_factor(7, 10, "plateau:2:0.1", 5) == 1.0


def test_a_line_ends_at_its_share() -> None:
    factors = [rate_factor(step, 1000, "linear:80:0.04", 10) for step in (0, 400, 800, 999)]
    assert factors == pytest.approx([1.0, 0.52, 0.04, 0.04])


def test_momentum_moves_evenly_and_then_stays() -> None:
    moving = [momentum_at("sgd:0.5:0.99:64", epoch) for epoch in (0, 32, 64, 99)]
    assert moving == pytest.approx([0.5, 0.745, 0.99, 0.99])
    assert momentum_at("sgd", 0) == momentum_at("sgd", 50) == 0.9
