"""The perceptron's learning rule, one presentation after another.

Sources: Rosenblatt F. The perceptron. Psychol Rev 1958;65:386-408; the lecture's slides on the perceptron.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thirdeye.recipes.teaching.neuron import step


@dataclass(frozen=True)
class Presentation:
    """One letter shown once.

    Args:
        stimulus: row of the inputs.
        wanted: d.
        total: weighted sum of the inputs under the weights of before.
        answer: y, 1 where the sum is 0 or more.
        change: eta (d - y), by which the weights of the active inputs move.
        weights: (n,) after the presentation.
    """

    stimulus: int
    wanted: int
    total: float
    answer: int
    change: float
    weights: NDArray[np.float64]


def learn(
    inputs: ArrayLike, wanted: ArrayLike, *, rate: float, epochs: int, start: ArrayLike | None = None
) -> tuple[Presentation, ...]:
    """Every presentation: all inputs in their order, `epochs` times; w <- w + eta (d - y) x, no bias.

    Args:
        inputs: (m, n).
        wanted: (m,) of 0 and 1.
        rate: eta.
        epochs: how often the inputs are gone through.
        start: (n,) first weights; None: zeros.
    """
    x, d = np.asarray(inputs, dtype=float), np.asarray(wanted, dtype=float)
    weights = np.zeros(x.shape[1]) if start is None else np.asarray(start, dtype=float)
    shown = []
    for row in list(range(len(x))) * epochs:
        total = float(x[row] @ weights)
        answer = float(step(total))
        change = rate * (d[row] - answer)
        weights = weights + change * x[row]
        shown.append(Presentation(row, int(d[row]), total, int(answer), float(change), weights))
    return tuple(shown)
