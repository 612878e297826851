"""Sets of boxes for tests: one small enough for a hand, one drawn by chance."""

from __future__ import annotations

import numpy as np

from thirdeye.evaluation.boxes import BoxCase

CLASSES = ("cell", "platelet")


def case(name: str, truth: list, found: list) -> BoxCase:
    """`truth`: (x, y, side, class); `found`: the same with a score behind."""
    there, here = np.array(truth, float).reshape(-1, 4), np.array(found, float).reshape(-1, 5)
    return BoxCase(
        name, _boxes(there), there[:, 3].astype(int), _boxes(here), here[:, 4], here[:, 3].astype(int)
    )


def _boxes(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:3]])


def by_hand() -> list[BoxCase]:
    """Four images, four lesions, seven marks.

    a: a cell found at 0.9, found again at 0.8 (repeat); a platelet found as a cell at 0.6 (false).
    b: a cell that is found at 0.5; a false mark far away at 0.7.
    c: nothing there; a false platelet at 0.3.
    d: a cell that is missed; a mark beside it at 0.4 (IoU 1/3, false).
    """
    return [
        case(
            "a", [(0, 0, 10, 0), (50, 50, 4, 1)],
            [(0, 0, 10, 0, 0.9), (1, 0, 10, 0, 0.8), (50, 50, 4, 0, 0.6)],
        ),
        case("b", [(20, 20, 20, 0)], [(21, 20, 20, 0, 0.5), (80, 80, 9, 0, 0.7)]),
        case("c", [], [(5, 5, 5, 1, 0.3)]),
        case("d", [(30, 30, 12, 0)], [(36, 30, 12, 0, 0.4)]),
    ]  # fmt: skip


def by_chance(n: int = 30, *, noise: float = 3.0, seed: int = 0, false: int = 4) -> list[BoxCase]:
    """Boxes of 10 to 60 pixels, found with some noise, and false ones; the same lesions for every seed."""
    there, rng = np.random.default_rng(99), np.random.default_rng(seed)
    found = []
    for index in range(n):
        count = int(there.integers(0, 6))
        corner, sides = there.uniform(0, 300, (count, 2)), there.uniform(10, 60, (count, 2))
        truth, kinds = np.hstack([corner, corner + sides]), there.integers(0, 2, count)
        hit = rng.random(count) < 0.85
        spots, extents = rng.uniform(0, 300, (false, 2)), rng.uniform(10, 60, (false, 2))
        boxes = np.vstack(
            [(truth + rng.normal(0, noise, truth.shape))[hit], np.hstack([spots, spots + extents])]
        )
        scores = np.concatenate([rng.beta(4, 2, int(hit.sum())), rng.beta(1, 4, false)])
        classes = np.concatenate([kinds[hit], rng.integers(0, 2, false)])
        found.append(BoxCase(f"i{index}", truth, kinds, boxes, scores, classes))
    return found
