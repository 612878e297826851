"""Back-propagation by hand, in the lecture's four steps: forward, error, backward, update.

Sources: Rumelhart DE, Hinton GE, Williams RJ. Learning representations by back-propagating errors. Nature
1986;323:533-536; the lecture's slides on back-propagation, whose names are kept: E_out, E_hid, diff_hid.

The lecture passes the raw output error d - out on, which is exact for linear outputs. With sigmoid outputs
the error has to be multiplied by out (1 - out) first. Both are here. Its total error is the sum of
(d - out)^2, whose slope holds a factor of 2 that the lecture leaves to the learning rate; `gradients` holds
it, so that it can be compared with any other way of differentiating.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.recipes.teaching.neuron import logistic

Array = NDArray[np.float64]
Output = Literal["linear", "sigmoid"]


@dataclass(frozen=True)
class Layers:
    """A network: of each layer the weights (n_in, n_out) and biases (n_out,); hidden layers are sigmoid."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    output: Output = "sigmoid"


def start(sizes: tuple[int, ...], rng: np.random.Generator, output: Output = "sigmoid") -> Layers:
    """Random first weights of standard deviation 1 / sqrt(n_in) and biases of 0.

    Args:
        sizes: units of each layer, inputs first.
        rng: of the weights.
        output: how the last layer answers.
    """
    pairs = list(pairwise(sizes))
    return Layers(
        tuple(rng.normal(size=pair) / np.sqrt(pair[0]) for pair in pairs),
        tuple(np.zeros(after) for _, after in pairs),
        output,
    )


def forward(net: Layers, inputs: Array) -> tuple[Array, ...]:
    """Step 1: what every layer answers, inputs (m, n) first, outputs (m, k) last."""
    answers = [np.asarray(inputs, dtype=float)]
    for number, (weights, biases) in enumerate(zip(net.weights, net.biases, strict=True), 1):
        sums = answers[-1] @ weights + biases
        linear = number == len(net.weights) and net.output == "linear"
        answers.append(sums if linear else logistic(sums))
    return tuple(answers)


def total_error(net: Layers, inputs: Array, wanted: Array) -> float:
    """Step 2: E_total, the sum of (d - out)^2 over outputs and examples."""
    return float(np.sum((wanted - forward(net, inputs)[-1]) ** 2))


def errors(net: Layers, inputs: Array, wanted: Array) -> tuple[Array, ...]:
    """Step 3: diff of every layer after the inputs, first hidden layer first.

    E_out = d - out; for each hidden layer E_hid = diff of the next layer times its weights, and
    diff_hid = E_hid (1 - out_hid) out_hid.
    """
    answers = forward(net, inputs)
    out = answers[-1]
    diff = (wanted - out) * ((1 - out) * out if net.output == "sigmoid" else 1.0)
    found = [diff]
    for weights, hidden in zip(net.weights[:0:-1], answers[-2:0:-1], strict=True):
        diff = (diff @ weights.T) * (1 - hidden) * hidden
        found.append(diff)
    return tuple(found[::-1])


def gradients(net: Layers, inputs: Array, wanted: Array) -> Layers:
    """Slopes of `total_error` in every weight and bias, in the shape of the network."""
    answers, diffs = forward(net, inputs), errors(net, inputs, wanted)
    return replace(
        net,
        weights=tuple(-2 * before.T @ diff for before, diff in zip(answers, diffs, strict=False)),
        biases=tuple(-2 * diff.sum(axis=0) for diff in diffs),
    )


def updated(net: Layers, slopes: Layers, rate: float) -> Layers:
    """Step 4: every weight moved down its slope."""
    return replace(
        net,
        weights=tuple(w - rate * slope for w, slope in zip(net.weights, slopes.weights, strict=True)),
        biases=tuple(b - rate * slope for b, slope in zip(net.biases, slopes.biases, strict=True)),
    )


def train(
    net: Layers, inputs: Array, wanted: Array, *, rate: float, steps: int
) -> tuple[Layers, list[float]]:
    """All four steps again and again, on all examples at once.

    Returns:
        The network, and the total error before each step and after the last.
    """
    history = [total_error(net, inputs, wanted)]
    for _ in range(steps):
        net = updated(net, gradients(net, inputs, wanted), rate)
        history.append(total_error(net, inputs, wanted))
    return net, history


def by_differences(net: Layers, inputs: Array, wanted: Array, *, step: float = 1e-6) -> Layers:
    """The same slopes by moving every number a little both ways: slow, and right beyond doubt."""

    def slope(kind: Literal["weights", "biases"], layer: int, index: tuple[int, ...]) -> float:
        sides = []
        for sign in (1, -1):
            arrays = [array.copy() for array in getattr(net, kind)]
            arrays[layer][index] += sign * step
            sides.append(total_error(_with(net, kind, arrays), inputs, wanted))
        return (sides[0] - sides[1]) / (2 * step)

    def all_of(kind: Literal["weights", "biases"]) -> tuple[Array, ...]:
        return tuple(
            np.array([slope(kind, layer, index) for index in np.ndindex(array.shape)]).reshape(array.shape)
            for layer, array in enumerate(getattr(net, kind))
        )

    return replace(net, weights=all_of("weights"), biases=all_of("biases"))


def largest_difference(one: Layers, other: Layers) -> float:
    """The largest difference between any two numbers of two networks of one shape."""
    pairs = [*zip(one.weights, other.weights, strict=True), *zip(one.biases, other.biases, strict=True)]
    return max(float(np.max(np.abs(a - b))) for a, b in pairs)


def _with(net: Layers, kind: Literal["weights", "biases"], arrays: list[Array]) -> Layers:
    return replace(net, weights=tuple(arrays)) if kind == "weights" else replace(net, biases=tuple(arrays))
