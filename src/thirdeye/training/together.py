"""How several architectures decide together: each one's share of the say, from validation cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.operating_point import sensitivity_at_specificity, specificity_at_sensitivity
from thirdeye.training.selection import Truth, figure, log_loss, scaled_to_likelihood

STEPS = 10  # shares are tenths
MOST_ON_A_GRID = 3  # architectures whose shares are all tried; of more, one share after another
ROUNDS = 2

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Joined:
    """What architectures have to say together.

    Args:
        shares: of each, 0 to 1, in sum 1.
        told: how it came about, in a clause.
    """

    shares: tuple[float, ...]
    told: str


def join(logits: Sequence[Logits], truth: Truth, *, how: str, names: Sequence[str]) -> Joined:
    """Shares of architectures.

    Args:
        logits: of each, (n, K) of the same validation cases.
        truth: of these cases.
        how: `joined` of the plan.
        names: of the architectures, for the words.

    Raises:
        UsageError: an architecture is to be chosen at a point, and the question is not yes or no.
    """
    count = len(logits)
    if how == "mean" or count == 1:
        return Joined((1 / count,) * count, "each with the same say")
    if how == "weighted":
        # Each in its own best scale first: a network that is timid in its logits is not less sure for that.
        factors = [scaled_to_likelihood(one, truth) for one in logits]
        swept = _swept([f * one for f, one in zip(factors, logits, strict=True)], truth)
        told = ", ".join(f"{name} {share:.0%}" for name, share in zip(names, swept, strict=True))
        weights = [share * factor for share, factor in zip(swept, factors, strict=True)]
        return Joined(tuple(weight / sum(weights) for weight in weights), told)
    merits = [_merit(one, truth, how) for one in logits]
    best = int(np.argmax(merits))
    told = ", ".join(f"{name} {merit:.3f}" for name, merit in zip(names, merits, strict=True))
    return Joined(
        tuple(float(i == best) for i in range(count)), f"{names[best]} alone; {_measure(how)}: {told}"
    )


def mixed(logits: Sequence[Logits], shares: Sequence[float]) -> Logits:
    """The weighted sum of logits (n, K)."""
    return np.sum([share * one for share, one in zip(shares, logits, strict=True)], axis=0).astype(np.float32)


def _swept(logits: Sequence[Logits], truth: Truth) -> tuple[float, ...]:
    """Shares under which the labels are most likely, equal ones on a tie."""

    def cost(shares: tuple[float, ...]) -> tuple[float, float]:
        one = mixed(logits, shares)
        return log_loss(one * scaled_to_likelihood(one, truth), truth), max(shares)

    count = len(logits)
    if count <= MOST_ON_A_GRID:
        return min(_grid(count), key=cost)
    shares = (1 / count,) * count
    for index in list(range(count)) * ROUNDS:
        shares = min((shares, *_moved(shares, index)), key=cost)
    return shares


def _grid(count: int) -> Iterator[tuple[float, ...]]:
    """All shares in tenths."""

    def parts(left: int, places: int) -> Iterator[tuple[int, ...]]:
        if places == 1:
            yield (left,)
            return
        for first in range(left + 1):
            for rest in parts(left - first, places - 1):
                yield (first, *rest)

    return (tuple(part / STEPS for part in one) for one in parts(STEPS, count))


def _moved(shares: tuple[float, ...], index: int) -> Iterator[tuple[float, ...]]:
    """One share in tenths, the others in their proportion."""
    rest = 1 - shares[index]
    for step in range(STEPS + (rest > 0)):
        own = step / STEPS if rest > 0 else 1.0
        yield tuple(
            own if i == index else (1 - own) * share / rest if rest > 0 else 0.0
            for i, share in enumerate(shares)
        )


def _merit(logits: Logits, truth: Truth, how: str) -> float:
    """Validation AUC, or what is reached at a point; -1 where it is undefined."""
    _, _, point = how.partition(":")
    if not point:
        value = figure(logits, truth).value
        return -1.0 if value is None else value
    if truth.positive is None:
        raise UsageError(f"joined={how} chooses by an operating point; the question is not yes or no")
    measure, _, least = point.partition(":")
    positive = truth.labels == truth.positive
    score = logits[:, truth.positive] - logits[:, 1 - truth.positive]
    if measure == "sensitivity":
        found = specificity_at_sensitivity(positive, score, float(least))
        return found[0].specificity if found else -1.0
    found = sensitivity_at_specificity(positive, score, float(least))
    return found[0].sensitivity if found else -1.0


def _measure(how: str) -> str:
    _, _, point = how.partition(":")
    if not point:
        return "validation AUC"
    measure, _, least = point.partition(":")
    other = "specificity" if measure == "sensitivity" else "sensitivity"
    return f"{other} at a {measure} of {float(least):.0%} on validation data"
