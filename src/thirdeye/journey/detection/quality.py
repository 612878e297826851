"""How good a detector is while it trains: mean average precision at an overlap of one half."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.detection import Detection, match
from thirdeye.inference.detection.detections import Detections

IOU = 0.5


def mean_ap50(
    found: Mapping[int, Detections], truth: Mapping[int, tuple[NDArray[np.floating], NDArray[np.int64]]]
) -> float | None:
    """Mean over the classes that are there; None where there is no box.

    Args:
        found: position of an image to what was found.
        truth: position to boxes (n, 4) and classes (n,); every image appears.
    """
    kinds = sorted({int(kind) for _, classes in truth.values() for kind in classes})
    values = [ap50(found, truth, kind) for kind in kinds]
    return float(np.mean(values)) if values else None


def ap50(
    found: Mapping[int, Detections],
    truth: Mapping[int, tuple[NDArray[np.floating], NDArray[np.int64]]],
    kind: int,
) -> float:
    """Area under precision over recall of one class, all points (PASCAL VOC from 2010)."""
    boxes: dict[Hashable, Any] = {row: own[classes == kind] for row, (own, classes) in truth.items()}
    calls = [
        Detection(row, (float(box[0]), float(box[1]), float(box[2]), float(box[3])), float(score))
        for row, one in found.items()
        for box, score in zip(one.boxes[one.classes == kind], one.scores[one.classes == kind], strict=True)
    ]
    matched = match(boxes, calls, iou=IOU)
    hits = np.cumsum(matched.hits)
    precision = hits / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    recall = hits / max(matched.n_lesions, 1)
    return float((np.diff(recall, prepend=0) * envelope).sum())
