"""Insertion and deletion: does the score follow the order in which a map ranks the places?

Places are blurred away, or brought back into a blurred picture, the highest first (Petsiuk et al., BMVC
2018), and the score is compared with that of random orders on the same image. A map turned the wrong way
round does worse than chance, so this is also a test of polarity on the trained network itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.evaluation.metric import Metric
from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import Directions, Images, Maps, Subject, scores

CELLS = 12  # of a side: places that come and go together
SHARES = (0.05, 0.15, 0.3, 0.5, 0.75)
RANDOM_ORDERS = 2
CONVENTION = "mean over the share of places changed; in standard deviations of the score over images"
SOURCE = "Petsiuk et al., BMVC 2018"
Orders = NDArray[np.int64]


def orders_of(maps: Maps) -> Orders:
    """Cells (B, CELLS ** 2), the highest first, of signed maps (B, h, w)."""
    small = [_resized(one, CELLS) for one in maps]
    return np.argsort(-np.stack(small).reshape(len(maps), -1), axis=1, kind="stable")


def random_orders(count: int, *, seed: int) -> Orders:
    """(RANDOM_ORDERS, count, CELLS ** 2)."""
    generator = np.random.default_rng(seed)
    return generator.permuted(np.tile(np.arange(CELLS**2), (RANDOM_ORDERS, count, 1)), axis=-1)


def curves(
    subject: Subject, images: Images, directions: Directions, orders: Orders
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean score along deletion and along insertion, (B,) each.

    Args:
        subject: the reader.
        images: (B, 3, S, S).
        directions: (B, 1, K).
        orders: (B, cells).
    """
    found = np.empty((2, len(images)))
    for row, (image, background) in enumerate(zip(images, blurred(images), strict=True)):
        chosen = _masks(orders[row], image.shape[-1])[:, None]  # (steps, 1, S, S) True where changed
        steps = np.concatenate([np.where(chosen, background, image), np.where(chosen, image, background)])
        questions = np.repeat(directions[row][None], len(steps), axis=0)
        along = scores(subject.logits(steps.astype(np.float32)), questions)[:, 0]
        found[:, row] = along.reshape(2, -1).mean(axis=1)
    return found[0], found[1]


def judge_order(
    subject: Subject,
    images: Images,
    directions: Directions,
    maps: Maps,
    chance: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    patients: NDArray[Any],
) -> dict[str, Any]:
    """What the order of a map gains over random ones; passed where that is above zero beyond its interval.

    Args:
        subject, images, directions: as of `curves`.
        maps: (B, h, w) signed.
        chance: from `by_chance`, of the same images.
        patients: (B,) of each image.
    """
    deletion, insertion = curves(subject, images, directions, orders_of(maps))
    unit = _unit(subject, images, directions)
    gains = {"deletion": (chance[0] - deletion) / unit, "insertion": (insertion - chance[1]) / unit}
    both = (gains["deletion"] + gains["insertion"]) / 2
    measured = {
        name: mean_of_cases(values, name=f"{name}_gain", clusters=patients, convention=CONVENTION)
        for name, values in {**gains, "order": both}.items()
    }
    overall: Metric = measured["order"]
    return {
        "passed": bool(overall.ci_low is not None and overall.ci_low > 0),
        "inverted": bool(overall.ci_high is not None and overall.ci_high < 0),
        "n_images": len(images),
        "n_random_orders": RANDOM_ORDERS,
        "rule": "mean gain over random orders above zero beyond its 95 % interval",
        "gains": {name: one.as_json() for name, one in measured.items()},
        "by_image": [round(float(value), 4) for value in both],
        "source": SOURCE,
    }


def by_chance(
    subject: Subject, images: Images, directions: Directions, *, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean score along deletion and insertion in random orders, (B,) each."""
    each = [curves(subject, images, directions, one) for one in random_orders(len(images), seed=seed)]
    return np.mean([one[0] for one in each], axis=0), np.mean([one[1] for one in each], axis=0)


def _unit(subject: Subject, images: Images, directions: Directions) -> float:
    """Standard deviation of the score over the images, whole and blurred."""
    seen = np.concatenate([images, blurred(images)])
    found = scores(subject.logits(seen), np.concatenate([directions, directions]))
    return float(found.std()) or 1.0


def _masks(order: NDArray[np.int64], side: int) -> NDArray[np.bool_]:
    """(steps, S, S) True where a place is among the first of the order, one for each share."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    cell = np.arange(side) * CELLS // side
    placed = rank.reshape(CELLS, CELLS)[cell[:, None], cell[None]]
    counts = np.rint(np.array(SHARES) * len(order))
    return placed[None] < counts[:, None, None]


def _resized(values: Maps, side: int) -> Maps:
    picture = PIL.Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(picture.resize((side, side), PIL.Image.Resampling.BILINEAR))
