"""The neuron of McCulloch and Pitts, and the functions that a neuron may answer with.

Sources: McCulloch WS, Pitts W. A logical calculus of the ideas immanent in nervous activity. Bull Math
Biophys 1943;5:115-133; the lecture's slides on artificial neurons.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def step(activation: ArrayLike) -> Array:
    """1 where the activation is 0 or more, else 0: a neuron that just reaches its threshold fires."""
    return (np.asarray(activation, dtype=float) >= 0).astype(float)


def identity(activation: ArrayLike) -> Array:
    """The activation itself."""
    return np.asarray(activation, dtype=float)


def logistic(activation: ArrayLike) -> Array:
    """1 / (1 + exp(-a)), computed so that no number overflows."""
    a = np.asarray(activation, dtype=float)
    small = np.exp(-np.abs(a))
    return np.where(a >= 0, 1.0, small) / (1 + small)


def tanh(activation: ArrayLike) -> Array:
    """The hyperbolic tangent."""
    return np.asarray(np.tanh(np.asarray(activation, dtype=float)))


def arctan(activation: ArrayLike) -> Array:
    """The inverse tangent, in radians."""
    return np.asarray(np.arctan(np.asarray(activation, dtype=float)))


def relu(activation: ArrayLike) -> Array:
    """The activation where it is positive, else 0."""
    return np.asarray(np.maximum(np.asarray(activation, dtype=float), 0.0))


ACTIVATIONS: dict[str, Callable[[ArrayLike], Array]] = {
    "identity": identity,
    "binary step": step,
    "logistic": logistic,
    "tanh": tanh,
    "arctan": arctan,
    "ReLU": relu,
}


def activation(inputs: ArrayLike, weights: ArrayLike, threshold: float) -> Array:
    """A = sum of x_i w_i, less the threshold b.

    Args:
        inputs: (..., n).
        weights: (n,).
        threshold: b of one slide, theta of the next.
    """
    return np.asarray(np.asarray(inputs, dtype=float) @ np.asarray(weights, dtype=float) - threshold)


def fires(inputs: ArrayLike, weights: ArrayLike, threshold: float) -> Array:
    """1 where the neuron fires, else 0; arguments as of `activation`."""
    return step(activation(inputs, weights, threshold))


def separates(inputs: ArrayLike, wanted: ArrayLike) -> bool:
    """Whether any weights and threshold at all give the wanted answers.

    A neuron separates the inputs by a plane; whether there is one is a question of linear programming
    (Minsky and Papert, Perceptrons, 1969, on exclusive or): a plane with every input at least 1 on its side.

    Args:
        inputs: (m, n).
        wanted: (m,) of 0 and 1.
    """
    from scipy.optimize import linprog

    x = np.asarray(inputs, dtype=float)
    side = np.where(np.asarray(wanted) > 0, 1.0, -1.0)
    rows = -side[:, None] * np.column_stack([x, -np.ones(len(x))])
    found = linprog(np.zeros(x.shape[1] + 1), A_ub=rows, b_ub=-np.ones(len(x)), bounds=(None, None))
    return bool(found.status == 0)
