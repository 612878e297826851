"""A sparse auto-encoder on small patches: filters that many patches share, learnt without any label.

Source: Ng A et al., UFLDL tutorial, "Sparse autoencoder" and "Linear decoders": squared error, a penalty on
weights, and the divergence of each unit's mean activity from a small share. Arevalo J et al. (Comput Methods
Programs Biomed 2016;127:248-257) begin convolutions so. The share, its weight and the whitening are those of
the tutorial's exercise, from memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from thirdeye.errors import UsageError

ACTIVE = 0.035  # mean activity that every unit should have
SPARSITY, DECAY = 5.0, 3e-3
WHITENING = 0.1  # added to the variance of every direction, in units of the mean variance
KEPT = 0.99  # of the patches' variance: the other directions are noise
ITERATIONS = 120
FLAT = 1e-6

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Encoder:
    """What was learnt.

    Args:
        filters: (H, D) weights on patches as they are: whitening is folded into them, and each sums to 0, so
            that an even patch says nothing.
        history: (I,) the cost after each iteration.
    """

    filters: Table
    history: Table


def learn_filters(patches: Table, *, units: int, seed: int, iterations: int = ITERATIONS) -> Encoder:
    """Filters of a sparse auto-encoder with one hidden layer and a linear answer.

    Args:
        patches: (n, D) grey or colour values of patches, finite.
        units: H, how many filters.
        seed: of the first weights.
        iterations: of L-BFGS, at most.

    Raises:
        UsageError: fewer than two patches, or all of them are flat.
    """
    even = _even(patches)
    whitening = _whitening(even)
    white = even @ whitening
    d = white.shape[1]
    rng = np.random.default_rng(seed)
    reach = np.sqrt(6 / (d + units + 1))
    weights = rng.uniform(-reach, reach, 2 * d * units)
    start = np.concatenate([weights, np.zeros(units + d)])
    history: list[float] = []

    def told(theta: Table) -> None:
        history.append(cost(theta, white, units)[0])

    found = minimize(
        cost, start, args=(white, units), jac=True, method="L-BFGS-B", callback=told,
        options={"maxiter": iterations},
    ).x  # fmt: skip
    filters = found[: d * units].reshape(units, d) @ whitening.T
    return Encoder(filters - filters.mean(axis=1, keepdims=True), np.array(history))


def cost(theta: Table, white: Table, units: int) -> tuple[float, Table]:
    """Cost of weights and its slope.

    Args:
        theta: encoder (H, P) and decoder (P, H), row by row, then offsets (H,) and (P,).
        white: (n, P) whitened patches.
        units: H.
    """
    n, d = white.shape
    size = d * units
    encoder, decoder = theta[:size].reshape(units, d), theta[size : 2 * size].reshape(d, units)
    hidden = expit(white @ encoder.T + theta[2 * size : 2 * size + units])  # (n, H)
    error = hidden @ decoder.T + theta[2 * size + units :] - white  # (n, P)
    mean = hidden.mean(axis=0).clip(1e-9, 1 - 1e-9)
    apart = (ACTIVE * np.log(ACTIVE / mean) + (1 - ACTIVE) * np.log((1 - ACTIVE) / (1 - mean))).sum()
    value = 0.5 * (error**2).sum() / n + 0.5 * DECAY * ((encoder**2).sum() + (decoder**2).sum())
    pull = SPARSITY * ((1 - ACTIVE) / (1 - mean) - ACTIVE / mean)  # (H,)
    delta = (error @ decoder + pull) * hidden * (1 - hidden) / n
    slopes = (
        (delta.T @ white + DECAY * encoder).ravel(), (error.T @ hidden / n + DECAY * decoder).ravel(),
        delta.sum(axis=0), error.sum(axis=0) / n,
    )  # fmt: skip
    return float(value + SPARSITY * apart), np.concatenate(slopes)


def _even(patches: Table) -> Table:
    """Each patch with a mean of 0 and a spread near 1; flat ones are left out."""
    centred = patches - patches.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    lively = spread[:, 0] > FLAT
    if lively.sum() < 2:
        raise UsageError(
            f"{len(patches)} patches of the pictures hold no structure to learn filters from; "
            "use first_layer=random"
        )
    usual = float(np.median(spread[lively]))
    return np.asarray(centred[lively] / np.sqrt(spread[lively] ** 2 + (0.1 * usual) ** 2))


def _whitening(even: Table) -> Table:
    """(D, P) to the directions that hold most of the variance, none of which says what another says."""
    values, vectors = np.linalg.eigh(even.T @ even / len(even))
    values, vectors = values[::-1].clip(0), vectors[:, ::-1]
    count = int(np.searchsorted(np.cumsum(values) / values.sum(), KEPT)) + 1
    floor = WHITENING * float(values[:count].mean())
    return np.asarray(vectors[:, :count] / np.sqrt(values[:count] + floor))
