"""From what the heads of a detector say to boxes in pixels.

Sources: FCOS: Tian et al., ICCV 2019; boxes relative to anchors: Ren et al., NeurIPS 2015, Eq. 2. The
arithmetic is torchvision's, so that what was trained is what is read.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.detection.detections import Detections

Array = NDArray[np.float32]
MOST_GROWTH = math.log(1000 / 16)  # of a side relative to its anchor, as a logarithm
MOST_A_CLASS = 300  # boxes of one class and window that go on to suppression


def sigmoid(logits: Array) -> Array:
    """Probabilities of logits."""
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)), np.float32)


def from_distances(distances: Array, anchors: Array) -> Array:
    """Boxes from the distances of their edges to the centre of an anchor, in sizes of it (FCOS).

    Args:
        distances: (n, 4) to the left, top, right and bottom edge.
        anchors: (n, 4).
    """
    centres, sides = (anchors[:, :2] + anchors[:, 2:]) / 2, anchors[:, 2:] - anchors[:, :2]
    return np.concatenate([centres - distances[:, :2] * sides, centres + distances[:, 2:] * sides], axis=1)


def from_deltas(deltas: Array, anchors: Array, weights: tuple[float, float] = (1.0, 1.0)) -> Array:
    """Boxes from shifts and growths relative to anchors (RetinaNet, Faster R-CNN).

    Args:
        deltas: (n, 4) shift of the centre in x and y in sides of the anchor, logarithm of the growth of width
            and height.
        anchors: (n, 4).
        weights: by which shifts and growths were multiplied in training.
    """
    sides = anchors[:, 2:] - anchors[:, :2]
    centres = anchors[:, :2] + sides / 2 + deltas[:, :2] / weights[0] * sides
    half = np.exp(np.minimum(deltas[:, 2:] / weights[1], MOST_GROWTH)) * sides / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def clipped(boxes: Array, sides: tuple[int, int]) -> Array:
    """Boxes cut off at the edges of a window of `sides` (height, width)."""
    height, width = sides
    return np.stack(
        [
            boxes[:, 0].clip(0, width), boxes[:, 1].clip(0, height), boxes[:, 2].clip(0, width),
            boxes[:, 3].clip(0, height),
        ],
        axis=1,
    )  # fmt: skip


def chosen(scores: Array, lowest: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places and classes that go on: of each class the highest scores, none below `lowest`.

    Args:
        scores: (n, K).
        lowest: score.
    """
    places, classes = [], []
    for kind in range(scores.shape[1]):
        column = scores[:, kind]
        found = np.flatnonzero(column >= lowest)
        if found.size > MOST_A_CLASS:
            found = found[np.argpartition(-column[found], MOST_A_CLASS)[:MOST_A_CLASS]]
        places.append(found)
        classes.append(np.full(found.size, kind))
    return np.concatenate(places).astype(np.int64), np.concatenate(classes).astype(np.int64)


def with_area(boxes: Array, scores: Array, classes: NDArray[np.int64]) -> Detections:
    """Detections without boxes that have no area."""
    real = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    return Detections.ordered(boxes[real], scores[real], classes[real])
