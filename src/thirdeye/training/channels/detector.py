"""The fitted classical detector: all windows are scored linearly, the best by boosted trees, boxes fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.detection import box_iou
from thirdeye.training.channels.windows import Level, features, linear_scores, pyramid, squares

Array = NDArray[np.float32]
Boxes = NDArray[np.float64]
CANDIDATES = 200  # windows of a picture that the trees look at
_LOOKED_AT = 1500  # of the highest windows, before those that overlap go
_SAME = 0.6
_NEAR = 0.4
_LOWEST = 0.01
_MOST = 100


@dataclass(frozen=True)
class Candidates:
    """Windows of one picture, the highest first.

    Args:
        boxes: (n, 4) squares in pixels of the picture.
        scores: (n,) highest linear score over the classes.
        features: (n, F).
    """

    boxes: Boxes
    scores: Array
    features: Array


@dataclass(frozen=True)
class Linear:
    """A linear look at windows: (F, K) weights and (K,) bias."""

    weights: Array
    bias: Array

    def candidates(self, levels: list[Level], *, most: int = CANDIDATES) -> Candidates:
        """The windows with the highest scores, without those that overlap a higher one by much."""
        scores = [linear_scores(level, self.weights, self.bias).max(axis=2) for level in levels]
        flat = np.concatenate([one.ravel() for one in scores])
        top = np.argsort(-flat, kind="stable")[:_LOOKED_AT]
        starts = np.cumsum([0, *(one.size for one in scores)])
        which = np.searchsorted(starts, top, side="right") - 1
        places = [
            np.unravel_index(at - starts[lv], scores[lv].shape) for at, lv in zip(top, which, strict=True)
        ]
        spots = np.array(places, np.int64).reshape(-1, 2)
        boxes = np.concatenate(
            [squares(levels[lv], spot[None]) for lv, spot in zip(which, spots, strict=True)]
        )
        kept = apart(boxes, _SAME)[:most]
        rows = [features(levels[which[at]], spots[at][None]) for at in kept]
        return Candidates(boxes[kept], flat[top][kept], np.concatenate(rows))


@dataclass(frozen=True)
class Found:
    """Boxes of one picture, the highest score first: (n, 4) pixels of the picture, (n,) and (n,)."""

    boxes: Boxes
    scores: NDArray[np.float64]
    classes: NDArray[np.int64]


@dataclass(frozen=True)
class ChannelDetector:
    """A fitted detector.

    Args:
        sides: of the windows, in pixels of the picture.
        linear: looks at all windows.
        reduce: principal components that the trees see: (F,) mean and (F, d) axes.
        trees: gives probabilities (n, 1 + K), background first.
        shift: per class (F + 1, 4): from features to the shift and size of the box in a window.
        n_trees: of each class.
    """

    sides: tuple[float, ...]
    linear: Linear
    reduce: tuple[Array, Array]
    trees: Any
    shift: list[Array]
    n_trees: int

    def find(self, picture: NDArray[np.uint8]) -> Found:
        """Boxes in a picture (H, W, 3)."""
        levels = pyramid(picture, self.sides)
        if not levels:
            return Found(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
        held = self.linear.candidates(levels)
        chances = self.trees.predict_proba(reduced(self.reduce, held.features))
        parts = [self._of_class(code, held, chances[:, code + 1], picture) for code in range(len(self.shift))]
        boxes, scores, classes = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(-scores, kind="stable")[:_MOST]
        return Found(boxes[order], scores[order], classes[order])

    def _of_class(self, code: int, held: Candidates, chance: Any, picture: Any) -> tuple[Any, Any, Any]:
        fitted = shifted(held.boxes, _with_one(held.features) @ self.shift[code])
        height, width = picture.shape[:2]
        fitted = fitted.clip(0, [width, height, width, height])
        usable = np.flatnonzero((chance >= _LOWEST) & (fitted[:, 2:] > fitted[:, :2] + 1).all(axis=1))
        order = usable[np.argsort(-chance[usable], kind="stable")]
        kept = order[apart(fitted[order], _NEAR)]
        return fitted[kept], chance[kept].astype(np.float64), np.full(len(kept), code, np.int64)


def reduced(how: tuple[Array, Array], values: Array) -> Array:
    """(n, F) features to (n, d) components."""
    return np.asarray((values - how[0]) @ how[1], np.float32)


def apart(boxes: Boxes, iou: float) -> NDArray[np.int64]:
    """Positions of boxes, in their order, that overlap no kept one before them by `iou` or more."""
    free = np.ones(len(boxes), bool)
    kept = []
    for at in range(len(boxes)):
        if free[at]:
            kept.append(at)
            free[at:] &= box_iou(boxes[at : at + 1], boxes[at:])[0] < iou
    return np.array(kept, np.int64)


def shift_of(windows: Boxes, boxes: Boxes) -> Boxes:
    """(n, 4) how boxes lie in square windows: shift of the centre and log size, in sides of the window."""
    side = (windows[:, 2:3] - windows[:, :1]).clip(1e-6)
    centres = (boxes[:, :2] + boxes[:, 2:] - windows[:, :2] - windows[:, 2:]) / 2
    return np.hstack([centres / side, np.log((boxes[:, 2:] - boxes[:, :2]) / side)])


def shifted(windows: Boxes, shift: Any) -> Boxes:
    """The boxes that lie in windows as `shift_of` says."""
    side = windows[:, 2:3] - windows[:, :1]
    centres = (windows[:, :2] + windows[:, 2:]) / 2 + shift[:, :2].clip(-0.5, 0.5) * side
    half = np.exp(shift[:, 2:].clip(-1, 1)) * side / 2
    return np.hstack([centres - half, centres + half])


def _with_one(values: Array) -> Array:
    return np.hstack([values, np.ones((len(values), 1), np.float32)])
