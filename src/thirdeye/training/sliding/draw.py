"""Which places of which images a batch is made of: objects, places beside them, anywhere else, hard ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.training.sliding.cases import HardPlaces, SlidingCase

OBJECTS = 0.4  # share of a batch
BESIDE = 0.3  # share of the negatives that lie around an object
HARD = 0.5  # share of the negatives that are drawn from the hard ones, once there are some
JITTER = 0.15  # of an object's side: how far from its middle it is still shown as that object
REACH = (0.5, 1.2)  # of an object's side: how far from its middle places beside it lie
TRIES = 20

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Middles of patches.

    Args:
        rows: (n,) position of the case.
        places: (n, 2) row and column in whole pixels.
        classes: (n,) 0 for background.
    """

    rows: Rows
    places: NDArray[np.int64]
    classes: NDArray[np.int64]


@dataclass(frozen=True)
class Shares:
    """What a batch is made of.

    Args:
        objects: share of a batch, 0 to 1.
        reach: of an object's side: how far from its middle it is still shown as that object.
        hard: share of the negatives that are drawn from the hard ones, once there are some.
    """

    objects: float = OBJECTS
    reach: float = JITTER
    hard: float = HARD


class Drawer:
    """Draws the places of a batch.

    Args:
        cases: all of them.
        rows: positions of the cases to learn from.
        hard: places where an earlier round was wrong, in these cases.
        how: shares of a batch.
    """

    def __init__(
        self, cases: Sequence[SlidingCase], rows: Rows, hard: HardPlaces, how: Shares | None = None
    ) -> None:
        self.cases, self.rows, self.hard, self.how = cases, rows, hard, how or Shares()
        objects = [(int(row), number) for row in rows for number in range(len(cases[int(row)].classes))]
        self.objects = np.array(objects, np.int64).reshape(-1, 2)
        kinds = np.array([cases[row].classes[number] for row, number in objects], np.int64)
        # Rare classes are drawn more often than they occur, but not as often as common ones.
        counts = np.bincount(kinds, minlength=1).astype(np.float64)
        weights = 1 / np.sqrt(counts[kinds]) if len(kinds) else np.zeros(0)
        self.object_weights = weights / weights.sum() if len(kinds) else weights
        self.hard_weights = hard.scores / hard.scores.sum() if len(hard) else hard.scores
        areas = np.array([cases[int(row)].pixels[..., 0].size for row in rows], np.float64)
        self.area_weights = areas / areas.sum()

    def draw(self, count: int, rng: Generator) -> Places:
        """Places of one batch."""
        objects = max(1, round(self.how.objects * count)) if len(self.objects) else 0
        negatives = count - objects
        hard = round(self.how.hard * negatives) if len(self.hard) else 0
        beside = round(BESIDE * (negatives - hard)) if len(self.objects) else 0
        found = [self._objects(objects, rng), self._hard(hard, rng), self._beside(beside, rng)]
        found.append(self._anywhere(negatives - hard - beside, rng))
        return Places(
            np.concatenate([one.rows for one in found]),
            np.concatenate([one.places for one in found]),
            np.concatenate([one.classes for one in found]),
        )

    def _pick(self, count: int, rng: Generator) -> tuple[Rows, NDArray[np.int64]]:
        picked = self.objects[rng.choice(len(self.objects), count, p=self.object_weights)]
        return picked[:, 0], picked[:, 1]

    def _objects(self, count: int, rng: Generator) -> Places:
        if not count:
            return _no_places()
        rows, numbers = self._pick(count, rng)
        sides = np.array([self.cases[r].sides[n] for r, n in zip(rows, numbers, strict=True)])
        middles = np.array([self.cases[r].centres[n] for r, n in zip(rows, numbers, strict=True)])
        classes = np.array([self.cases[r].classes[n] for r, n in zip(rows, numbers, strict=True)])
        away = _directions(count, rng) * (self.how.reach * sides * np.sqrt(rng.random(count)))[:, None]
        return Places(rows, np.rint(middles + away).astype(np.int64), classes)

    def _hard(self, count: int, rng: Generator) -> Places:
        if not count:
            return _no_places()
        picked = rng.choice(len(self.hard), count, p=self.hard_weights)
        places = self.hard.places[picked] + rng.uniform(-2, 2, (count, 2))
        return Places(self.hard.rows[picked], np.rint(places).astype(np.int64), np.zeros(count, np.int64))

    def _beside(self, count: int, rng: Generator) -> Places:
        if not count:
            return _no_places()
        rows, numbers = self._pick(count, rng)
        sides = np.array([self.cases[r].sides[n] for r, n in zip(rows, numbers, strict=True)])
        middles = np.array([self.cases[r].centres[n] for r, n in zip(rows, numbers, strict=True)])
        away = _directions(count, rng) * (rng.uniform(*REACH, count) * sides)[:, None]
        return self._cleared(rows, middles + away, rng)

    def _anywhere(self, count: int, rng: Generator) -> Places:
        rows = rng.choice(self.rows, count, p=self.area_weights)
        return self._cleared(rows, self._uniform(rows, rng), rng)

    def _uniform(self, rows: Rows, rng: Generator) -> NDArray[np.float64]:
        sides = np.array([self.cases[int(row)].pixels.shape[:2] for row in rows]).reshape(-1, 2)
        return rng.random((len(rows), 2)) * sides

    def _cleared(self, rows: Rows, places: NDArray[np.float64], rng: Generator) -> Places:
        """Places that hit an object, or lie outside, are drawn again; what hits one to the end is dropped."""
        clear = self._clear(rows, places)
        for _ in range(TRIES):
            if clear.all():
                break
            places[~clear] = self._uniform(rows[~clear], rng)
            clear = self._clear(rows, places)
        kept = np.rint(places[clear]).astype(np.int64)
        return Places(rows[clear], kept, np.zeros(len(kept), np.int64))

    def _clear(self, rows: Rows, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        result = np.zeros(len(rows), bool)
        for index, (row, place) in enumerate(zip(rows, places, strict=True)):
            case = self.cases[int(row)]
            inside = bool(((place >= 0) & (place <= case.pixels.shape[:2])).all())
            result[index] = inside and bool(case.is_clear(place[None])[0])
        return result


def _directions(count: int, rng: Generator) -> NDArray[np.float64]:
    angles = rng.uniform(0, 2 * np.pi, count)
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def _no_places() -> Places:
    return Places(np.zeros(0, np.int64), np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
