"""Back-propagation by hand, against autograd and against small differences."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.recipes.teaching.backprop import (
    Layers,
    Output,
    by_differences,
    forward,
    gradients,
    largest_difference,
    start,
    total_error,
    train,
    updated,
)

X = np.random.default_rng(1).normal(size=(6, 3))
D = np.random.default_rng(2).uniform(size=(6, 2))


def net_of(output: Output) -> Layers:
    return start((3, 5, 4, 2), np.random.default_rng(3), output)


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_slopes_are_those_of_autograd(output: Output) -> None:
    import torch

    net = net_of(output)
    weights = [torch.tensor(array, requires_grad=True) for array in net.weights]
    biases = [torch.tensor(array, requires_grad=True) for array in net.biases]
    hidden = torch.tensor(X)
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        hidden = hidden @ weight + bias
        if number < len(weights) or output == "sigmoid":
            hidden = torch.sigmoid(hidden)
    error = ((torch.tensor(D) - hidden) ** 2).sum()
    error.backward()
    assert error.item() == pytest.approx(total_error(net, X, D), rel=1e-12)
    slopes = gradients(net, X, D)
    for ours, theirs in zip((*slopes.weights, *slopes.biases), (*weights, *biases), strict=True):
        assert theirs.grad is not None
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_slopes_are_those_of_small_differences(output: Output) -> None:
    net = net_of(output)
    assert largest_difference(gradients(net, X, D), by_differences(net, X, D)) < 1e-7


def test_the_raw_error_is_wrong_for_sigmoid_outputs() -> None:
    """What the slide passes on is the slope of linear outputs; the test of equality can fail."""
    net = net_of("sigmoid")
    raw = gradients(Layers(net.weights, net.biases, "linear"), X, D)
    assert largest_difference(raw, by_differences(net, X, D)) > 1e-2


def test_a_small_step_makes_the_error_smaller() -> None:
    net = net_of("sigmoid")
    assert total_error(updated(net, gradients(net, X, D), 1e-3), X, D) < total_error(net, X, D)


def test_training_tells_of_every_error() -> None:
    net = net_of("linear")
    trained, history = train(net, X, D, rate=0.01, steps=20)
    assert len(history) == 21
    assert history[0] == total_error(net, X, D)
    assert history[-1] == total_error(trained, X, D) < history[0]
    assert forward(trained, X)[-1].shape == (6, 2)
