"""Fitting the classical detector within a time: two rounds of hard negatives, then trees, then the box.

Sources: a linear look at whitened windows, Hariharan, Malik & Ramanan, ECCV 2012; hard negatives, Dalal &
Triggs, CVPR 2005; a box fitted from the features, Felzenszwalb et al., PAMI 32:1627 (2010).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.detection import box_iou
from thirdeye.training.channels.detector import ChannelDetector, Linear, reduced, shift_of
from thirdeye.training.channels.windows import (
    FEATURES,
    Level,
    as_squares,
    features,
    pyramid,
    sides_of,
    squares,
)

Array = NDArray[np.float32]
Boxes = NDArray[np.float64]
ROUNDS = 2  # of hard negatives
_THERE, _AWAY = 0.5, 0.35  # overlap of squares from which a window holds a thing, below which it does not
_BACKGROUND = -1
_UNCLEAR = -2
_HARD = 40  # negatives of a picture and round
_COMPONENTS = 128
_MOST_ROWS = 30_000
_TREES = 25  # at a time
_MOST_TREES = 200
_MEMORY_BYTES = 600_000_000
_READING_SHARE = 0.3  # of the time, until when pictures are taken in
_MINING_SHARE = 0.13  # of the time, for each round of hard negatives and the last look


@dataclass(frozen=True)
class Taught:
    """A picture (H, W, 3) with its boxes (n, 4) in its pixels and their classes (n,)."""

    picture: NDArray[np.uint8]
    boxes: Boxes
    classes: NDArray[np.int64]


@dataclass
class _Rows:
    """Windows learnt from: features, class (-1 background), and how the box lies in it (NaN: none)."""

    features: list[Array]
    labels: list[NDArray[np.int64]]
    shifts: list[Boxes]

    def add(self, values: Array, labels: NDArray[np.int64], shifts: Boxes) -> None:
        """Windows that are clear."""
        clear = labels != _UNCLEAR
        self.features.append(values[clear])
        self.labels.append(labels[clear])
        self.shifts.append(shifts[clear])

    def joined(self, rng: np.random.Generator) -> tuple[Array, NDArray[np.int64], Boxes]:
        """All of them, thinned to a bearable number."""
        values, labels = np.concatenate(self.features), np.concatenate(self.labels)
        shifts = np.concatenate(self.shifts)
        if len(labels) > _MOST_ROWS:
            kept = np.sort(rng.permutation(len(labels))[:_MOST_ROWS])
            values, labels, shifts = values[kept], labels[kept], shifts[kept]
        return values, labels, shifts


def fit_channel_detector(
    pictures: Callable[[], Any], boxes: Boxes, *, n_classes: int, seconds: float, seed: int
) -> tuple[ChannelDetector, int]:
    """Fit on as many pictures as the time allows.

    Args:
        pictures: gives `Taught` pictures one by one, in an order drawn by chance.
        boxes: (n, 4) of all of them, in pixels of the pictures, for the sizes of the windows; one or more.
        n_classes: classes are 0 to n_classes - 1.
        seconds: aim.
        seed: of everything random.

    Returns:
        The detector, and how many pictures it was fitted on.
    """
    started, rng = time.monotonic(), np.random.default_rng(seed)
    sides = sides_of(boxes)
    held: list[tuple[Taught, list[Level]]] = []
    rows, size = _Rows([], [], []), 0
    for taught in pictures():
        levels = pyramid(taught.picture, sides)
        if not levels:
            continue
        held.append((taught, levels))
        size += sum(level.cells.nbytes for level in levels)
        _first_windows(rows, taught, levels, rng)
        if time.monotonic() - started > _READING_SHARE * seconds or size > _MEMORY_BYTES:
            break
    linear = _linear(*rows.joined(rng)[:2], n_classes)
    for number in range(ROUNDS + 1):
        last = number == ROUNDS
        until = started + (_READING_SHARE + _MINING_SHARE * (number + 1)) * seconds
        for at in rng.permutation(len(held)):
            taught, levels = held[at]
            _hard_windows(rows, taught, levels, linear, most=_HARD, positives=last)
            if time.monotonic() > until:
                break
        if not last:
            linear = _linear(*rows.joined(rng)[:2], n_classes)
    values, labels, shifts = rows.joined(rng)
    how = _components(values)
    left = max(0.0, seconds - (time.monotonic() - started))
    trees, number = _trees(reduced(how, values), labels, n_classes, seconds=left, seed=seed)
    shift = [_shift(values, shifts, labels == code) for code in range(n_classes)]
    return ChannelDetector(sides, linear, how, trees, shift, number), len(held)


def _first_windows(rows: _Rows, taught: Taught, levels: Sequence[Level], rng: np.random.Generator) -> None:
    """Windows on every box and some about it, and windows by chance."""
    for level in levels:
        tall, wide = level.shape
        places = [np.column_stack([rng.integers(0, tall, 6), rng.integers(0, wide, 6)])]
        if len(taught.boxes):
            sizes = np.sqrt((taught.boxes[:, 2:] - taught.boxes[:, :2]).prod(axis=1))
            near = np.abs(np.log(sizes / level.side)) <= 0.35
            centres = (taught.boxes[near, :2] + taught.boxes[near, 2:]) / 2
            spots = np.rint(centres[:, ::-1] * level.shrunk / 4).astype(np.int64)
            places += [spots, spots + rng.integers(-2, 3, spots.shape)]
        spots = np.concatenate(places).clip(0, [tall - 1, wide - 1])
        windows = squares(level, spots)
        rows.add(features(level, spots), *_told(windows, taught))


def _hard_windows(
    rows: _Rows, taught: Taught, levels: list[Level], linear: Linear, *, most: int, positives: bool
) -> None:
    """The windows that look most like something: those that hold nothing, or all of them."""
    found = linear.candidates(levels, most=4 * most)
    labels, shifts = _told(found.boxes, taught)
    wanted = (labels == _BACKGROUND) & (np.cumsum(labels == _BACKGROUND) <= most)
    wanted |= (labels >= 0) & positives
    rows.add(found.features[wanted], labels[wanted], shifts[wanted])


def _told(windows: Boxes, taught: Taught) -> tuple[NDArray[np.int64], Boxes]:
    """Class of each window, and how its box lies in it."""
    shifts = np.full((len(windows), 4), np.nan)
    if not len(taught.boxes):
        return np.full(len(windows), _BACKGROUND, np.int64), shifts
    shared = box_iou(windows, as_squares(taught.boxes))
    best, nearest = shared.max(axis=1), shared.argmax(axis=1)
    there = best >= _THERE
    shifts[there] = shift_of(windows[there], taught.boxes[nearest[there]])
    labels = np.where(best < _AWAY, _BACKGROUND, np.where(there, taught.classes[nearest], _UNCLEAR))
    return labels.astype(np.int64), shifts


def _linear(values: Array, labels: NDArray[np.int64], n_classes: int) -> Linear:
    """Ridge regression of each class against the rest, both sides weighing the same."""
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-3
    plain = (values - mean) / scale
    weights = np.zeros((FEATURES, n_classes), np.float32)
    bias = np.full(n_classes, -1.0, np.float32)
    counts = np.array([(labels == code).sum() for code in range(n_classes)])
    away = max(1, int((labels == _BACKGROUND).sum()))
    share = np.where(labels == _BACKGROUND, 1 / away, 1 / max(1, int(counts.sum()))).astype(np.float32)
    gram = (plain * share[:, None]).T @ plain + 0.05 * np.eye(FEATURES, dtype=np.float32)
    for code in np.flatnonzero(counts):
        target = np.where(labels == code, 1.0, np.where(labels == _BACKGROUND, -1.0, 0.0)).astype(np.float32)
        weights[:, code] = np.linalg.solve(gram, plain.T @ (share * target))
        bias[code] = float(share @ target / share.sum())
    weights /= scale[:, None]
    return Linear(weights, (bias - mean @ weights).astype(np.float32))


def _components(values: Array) -> tuple[Array, Array]:
    mean = values.mean(axis=0)
    plain = values - mean
    _, axes = np.linalg.eigh(plain.T @ plain)
    return mean, np.ascontiguousarray(axes[:, ::-1][:, :_COMPONENTS], np.float32)


def _trees(
    values: Array, labels: NDArray[np.int64], n_classes: int, *, seconds: float, seed: int
) -> tuple[Any, int]:
    """Boosted trees, some at a time, while the time lasts; every class is among the rows, if only once."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    known = np.vstack([values, np.zeros((n_classes + 1, values.shape[1]), np.float32)])
    told = np.concatenate([labels + 1, np.arange(n_classes + 1)])
    weights = np.concatenate([np.ones(len(labels)), np.full(n_classes + 1, 1e-6)])
    trees = HistGradientBoostingClassifier(
        learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=10, l2_regularization=1.0, max_bins=63,
        early_stopping=False, warm_start=True, random_state=seed, max_iter=_TREES,
    )  # fmt: skip
    started, number = time.monotonic(), 0
    while number < _MOST_TREES and (not number or time.monotonic() - started < seconds):
        number += _TREES
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trees.set_params(max_iter=number).fit(known, told, sample_weight=weights)
    return trees, number


def _shift(values: Array, shifts: Boxes, mine: NDArray[np.bool_]) -> Array:
    """(F + 1, 4) ridge regression from the features to how the box lies; the mean where there are few."""
    result = np.zeros((FEATURES + 1, 4), np.float32)
    if not mine.any():
        return result
    mean, target = values[mine].mean(axis=0), shifts[mine].mean(axis=0)
    plain = values[mine] - mean
    gram = plain.T @ plain + 1.0 * max(1, int(mine.sum())) ** 0.5 * np.eye(FEATURES)
    result[:-1] = np.linalg.solve(gram, plain.T @ (shifts[mine] - target))
    result[-1] = target - mean @ result[:-1]
    return result
