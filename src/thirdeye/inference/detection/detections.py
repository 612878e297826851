"""What a detector says of one image: boxes, how certain, and of which class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.marks import Box
from thirdeye.errors import UsageError


@dataclass(frozen=True)
class Detections:
    """Boxes that were found in one image, the most certain first.

    Args:
        boxes: (n, 4) x_min, y_min, x_max, y_max: edges in pixels of the image as stored, from its upper left
            corner.
        scores: (n,) 0 to 1, falling.
        classes: (n,) index of the class, from 0.

    Raises:
        UsageError: arrays of unequal length, or scores that rise.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    classes: NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.scores)
        if self.boxes.shape != (n, 4) or self.classes.shape != (n,):
            raise UsageError(
                f"detections need as many boxes (n, 4) and classes (n,) as scores; got {self.boxes.shape}, "
                f"{self.classes.shape} and {n} scores"
            )
        if n and (np.diff(self.scores) > 0).any():
            raise UsageError("detections are given with the highest score first; these scores rise")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def ordered(
        cls, boxes: NDArray[np.floating], scores: NDArray[np.floating], classes: NDArray[np.integer]
    ) -> Detections:
        """Detections in any order, put in order; equal scores keep theirs."""
        order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
        return cls(
            np.asarray(boxes, np.float64).reshape(-1, 4)[order],
            np.asarray(scores, np.float64)[order],
            np.asarray(classes, np.int64)[order],
        )

    @classmethod
    def none(cls) -> Detections:
        """Nothing was found."""
        return cls(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))

    def above(self, threshold: float) -> Detections:
        """Those with at least this score."""
        kept = int((self.scores >= threshold).sum())
        return Detections(self.boxes[:kept], self.scores[:kept], self.classes[:kept])

    def as_boxes(self, names: Sequence[str]) -> tuple[Box, ...]:
        """In the form of an opinion; `names` are those of the classes."""
        return tuple(
            Box(names[int(kind)], float(score), *(float(edge) for edge in box))
            for box, score, kind in zip(self.boxes, self.scores, self.classes, strict=True)
        )
