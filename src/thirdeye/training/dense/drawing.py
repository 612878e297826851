"""Which patches a step learns from: of which case, and where in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.training.dense.difficulty import Difficulty
from thirdeye.training.dense.material import DenseCase, draw_centre, draw_of_class

TRIES = 8  # cases that are drawn before one is taken that is known to hold the class

Drawn = tuple[int, NDArray[np.float64]]


@dataclass(frozen=True)
class Drawing:
    """How patches are drawn.

    Args:
        cases: all of them.
        difficulty: draws the cases to learn from.
        sides: of what is learnt at a time.
        sampling: "structures" or "classes", see `thirdeye.plan.dense.plan.DensePlan`.
        foreground: share of the patches that hold a structure for certain, under "structures".
    """

    cases: Sequence[DenseCase]
    difficulty: Difficulty
    sides: tuple[int, ...]
    sampling: str
    foreground: float

    def draw(self, count: int, rng: Generator) -> Iterator[Drawn]:
        """Position of the case and middle of each of so many patches, one after another."""
        return self._by_class(count, rng) if self.sampling == "classes" else self._by_structure(count, rng)

    def _by_structure(self, count: int, rng: Generator) -> Iterator[Drawn]:
        rows = [self.difficulty.draw(rng) for _ in range(count)]
        certain = math.ceil(self.foreground * count - rng.random())
        for place, row in enumerate(rows):
            yield row, draw_centre(self.cases[row], self.sides, place < certain, rng)

    def _by_class(self, count: int, rng: Generator) -> Iterator[Drawn]:
        holding = self._holding()
        numbers = sorted(holding)
        first = int(rng.integers(len(numbers)))
        for place in range(count):
            number = numbers[(first + place) % len(numbers)]
            row = self._case_with(number, holding[number], rng)
            yield row, draw_of_class(self.cases[row], self.sides, number, rng)

    def _holding(self) -> dict[int, list[int]]:
        """Number of a class to the cases to learn from that hold it."""
        found: dict[int, list[int]] = {}
        for row in self.difficulty.rows:
            for number in self.cases[int(row)].places:
                found.setdefault(number, []).append(int(row))
        return found

    def _case_with(self, number: int, holding: Sequence[int], rng: Generator) -> int:
        for _ in range(TRIES):
            row = self.difficulty.draw(rng)
            if number in self.cases[row].places:
                return row
        return int(rng.choice(holding))
