"""Restricted Boltzmann machines, learnt layer by layer with one step of contrastive divergence.

Hinton, "Training products of experts by minimizing contrastive divergence", Neural Comput 2002;14:1771-1800;
momentum as in his "A practical guide to training restricted Boltzmann machines" (2010). The first weights
are drawn as Glorot and Bengio (AISTATS 2010) draw them for sigmoid units, and the first biases put the mean
case at one half: with the guide's tiny weights, inputs that hang together little leave every unit at one
    half for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EARLY_MOMENTUM, LATE_MOMENTUM, EARLY_PASSES = 0.5, 0.9, 5
GLOROT = 4 * 6**0.5  # of the first weights of sigmoid units, over the root of fan-in + fan-out


@dataclass(frozen=True)
class Layer:
    """Weights of one machine: (D, H), and the bias of its hidden units, (H,)."""

    weights: Array
    bias: Array

    def up(self, visible: Array) -> Array:
        """(n, H) probability that each hidden unit is on, of (n, D) values from 0 to 1."""
        return sigmoid(visible @ self.weights + self.bias)


def sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float64)


def pretrained(
    visible: Array, widths: Sequence[int], *, epochs: int, rate: float, batch: int, seed: int
) -> tuple[Layer, ...]:
    """Layers learnt one after the other, each on what the one before makes of the cases.

    Args:
        visible: (n, D) from 0 to 1; values between are taken as probabilities.
        widths: hidden units of each layer.
        epochs: passes over the cases for each layer.
        rate: of learning.
        batch: cases of one step.
        seed: of everything random.
    """
    layers: list[Layer] = []
    rng = np.random.default_rng(seed)
    for width in widths:
        layers.append(machine(visible, width, epochs=epochs, rate=rate, batch=batch, rng=rng))
        visible = layers[-1].up(visible)
    return tuple(layers)


def machine(
    visible: Array, width: int, *, epochs: int, rate: float, batch: int, rng: np.random.Generator
) -> Layer:
    """One machine with `width` hidden units, learnt by CD-1; arguments as of `pretrained`."""
    n, d = visible.shape
    weights = rng.uniform(-1, 1, (d, width)) * GLOROT / (d + width) ** 0.5
    below, above = np.zeros(d), -visible.mean(axis=0) @ weights
    moved = np.zeros_like(weights)
    for epoch in range(epochs):
        momentum = EARLY_MOMENTUM if epoch < EARLY_PASSES else LATE_MOMENTUM
        order = rng.permutation(n)
        for start in range(0, n, batch):
            seen = visible[order[start : start + batch]]
            step, down, up = _contrast(seen, weights, below, above, rng)
            moved = momentum * moved + rate * step
            weights = weights + moved
            below, above = below + rate * down, above + rate * up
    return Layer(weights, above)


def reconstruction_error(layer: Layer, below: Array, visible: Array) -> float:
    """Mean squared difference between cases (n, D) and what the machine makes of them.

    Args:
        layer: of the machine.
        below: (D,) bias of its visible units.
        visible: (n, D).
    """
    return float(np.mean((visible - sigmoid(layer.up(visible) @ layer.weights.T + below)) ** 2))


def _contrast(
    seen: Array, weights: Array, below: Array, above: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """What the data ask for minus what one step of the machine's own dreams asks for."""
    hidden = sigmoid(seen @ weights + above)
    fired = (rng.random(hidden.shape) < hidden).astype(np.float64)
    again = sigmoid(fired @ weights.T + below)
    hidden_again = sigmoid(again @ weights + above)
    step = (seen.T @ hidden - again.T @ hidden_again) / len(seen)
    return step, (seen - again).mean(axis=0), (hidden - hidden_again).mean(axis=0)
