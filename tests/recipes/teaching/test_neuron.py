"""The neuron of McCulloch and Pitts."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from thirdeye.recipes.teaching.neuron import ACTIVATIONS, activation, fires, logistic, separates, step


def test_the_step_is_one_at_zero() -> None:
    assert step([-1e-300, -0.0, 0.0, 1e-300]).tolist() == [0, 1, 1, 1]


def test_the_activation_is_the_sum_less_the_threshold() -> None:
    assert activation([1, 2, 3, 4], [0.5, -1, 0, 2], 1.5) == pytest.approx(0.5 - 2 + 8 - 1.5)
    assert fires([[1, 1], [1, 0]], [1, 1], 2).tolist() == [1, 0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_those_of_the_standard_library(name: str) -> None:
    known = {
        "identity": lambda a: a,
        "binary step": lambda a: float(a >= 0),
        "logistic": lambda a: 1 / (1 + math.exp(-a)),
        "tanh": math.tanh,
        "arctan": math.atan,
        "ReLU": lambda a: max(a, 0.0),
    }[name]
    for a in (-3.0, -0.5, 0.0, 0.25, 4.0):
        assert ACTIVATIONS[name](a) == pytest.approx(known(a), abs=1e-12)


def test_the_logistic_never_overflows() -> None:
    assert logistic([-1000.0, 1000.0]).tolist() == [0.0, 1.0]


def test_of_sixteen_functions_of_two_inputs_a_neuron_can_do_fourteen() -> None:
    pairs = list(itertools.product((0, 1), repeat=2))
    able = [wanted for wanted in itertools.product((0, 1), repeat=4) if separates(pairs, wanted)]
    assert len(able) == 14
    assert not {(0, 1, 1, 0), (1, 0, 0, 1)} & set(able)


def test_what_separates_is_found_by_looking_too() -> None:
    pairs = np.array(list(itertools.product((0, 1), repeat=2)))
    grid = np.arange(-2, 2.5, 0.5)
    seen = {
        tuple(fires(pairs, (a, b), threshold).astype(int).tolist())
        for a, b, threshold in itertools.product(grid, repeat=3)
    }
    assert seen == {wanted for wanted in itertools.product((0, 1), repeat=4) if separates(pairs, wanted)}
