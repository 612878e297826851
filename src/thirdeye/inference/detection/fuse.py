"""What several detectors say of one image, as one: boxes that agree are averaged, weighed by their scores.

Source: Solovyev, Wang and Gabruseva, "Weighted boxes fusion", Image and Vision Computing 107, 2021.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thirdeye.evaluation.detection import box_iou
from thirdeye.inference.detection.detections import Detections

FUSED_IOU = 0.55


def fused(several: Sequence[Detections], *, iou: float = FUSED_IOU, most: int) -> Detections:
    """One set of boxes from several readers of the same image.

    A fused box has the mean score of its boxes, times the share of the readers that saw it.

    Args:
        several: of each reader, after suppression.
        iou: from which boxes of one class are taken for the same thing.
        most: boxes that are kept.
    """
    if len(several) == 1:
        return several[0]
    every = Detections.ordered(
        np.concatenate([one.boxes for one in several]),
        np.concatenate([one.scores for one in several]),
        np.concatenate([one.classes for one in several]),
    )
    groups: list[_Group] = []
    for box, score, kind in zip(every.boxes, every.scores, every.classes, strict=True):
        mine = [group for group in groups if group.kind == kind]
        overlap = box_iou(box[None], np.array([group.box for group in mine]))[0] if mine else np.zeros(0)
        if overlap.size and overlap.max() >= iou:
            mine[int(np.argmax(overlap))].add(box, float(score))
        else:
            groups.append(_Group(box, float(score), int(kind)))
    if not groups:
        return Detections.none()
    found = Detections.ordered(
        np.array([group.box for group in groups]),
        np.array([group.score(len(several)) for group in groups]),
        np.array([group.kind for group in groups], np.int64),
    )
    return Detections(found.boxes[:most], found.scores[:most], found.classes[:most])


class _Group:
    """Boxes of one thing."""

    def __init__(self, box: np.ndarray, score: float, kind: int) -> None:
        self.box, self.kind = box, kind
        self.total, self.count = score, 1

    def add(self, box: np.ndarray, score: float) -> None:
        self.box = (self.box * self.total + box * score) / (self.total + score)
        self.total, self.count = self.total + score, self.count + 1

    def score(self, readers: int) -> float:
        return self.total / self.count * min(self.count, readers) / readers
