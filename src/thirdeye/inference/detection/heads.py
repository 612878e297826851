"""Reading windows with a detector's heads: one look, or two. The heads may be torch's or an ONNX file's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.detection.decode import (
    chosen,
    clipped,
    from_deltas,
    from_distances,
    sigmoid,
    with_area,
)
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.suppress import GONE, Suppression, hard
from thirdeye.transform.detection.places import Places

Array = NDArray[np.float32]
Run = Callable[..., Sequence[Array]]
CANDIDATES, BEFORE = 200, 400  # candidates of a window that are judged, and before suppression
CANDIDATE_IOU = 0.7
JUDGED_WEIGHTS = (10.0, 5.0)  # torchvision's, of the second stage
POOLED = 7


class WindowReader(Protocol):
    """Finds boxes in windows."""

    def look(self, windows: Array, lowest: float) -> list[Detections]:
        """Boxes of each window (B, 3, H, W), before suppression, in pixels of the window."""
        ...


@dataclass(frozen=True)
class OneLook:
    """A detector that gives boxes at once.

    Args:
        run: windows (B, 3, H, W) to logits (B, n, K), relative boxes (B, n, 4), and of FCOS centre logits.
        anchors: of the detector.
    """

    run: Run
    anchors: Places

    def look(self, windows: Array, lowest: float) -> list[Detections]:
        """See `WindowReader`; the score of an FCOS is the geometric mean of class and centre."""
        sides = (windows.shape[2], windows.shape[3])
        boxes = self.anchors.boxes(sides)
        logits, places, *centre = self.run(windows)
        scores = sigmoid(logits)
        if centre:
            scores = np.sqrt(scores * sigmoid(centre[0]))
        decode = from_distances if centre else from_deltas
        found = []
        for score, place in zip(scores, places, strict=True):
            at, kinds = chosen(score, lowest)
            found.append(with_area(clipped(decode(place[at], boxes[at]), sides), score[at, kinds], kinds))
        return found


@dataclass(frozen=True)
class TwoLooks:
    """A detector that judges candidates.

    Args:
        propose: windows to objectness (B, n, 1), relative boxes (B, n, 4), and features of each level.
        judge: features of each level and candidates (m_i, 5) of each level to logits (m, 1 + K) and relative
            boxes (m, 4 + 4 K).
        anchors: of the candidates.
    """

    propose: Run
    judge: Run
    anchors: Places

    def look(self, windows: Array, lowest: float) -> list[Detections]:
        """See `WindowReader`."""
        sides = (windows.shape[2], windows.shape[3])
        objectness, places, *levels = self.propose(windows)
        anchors = self.anchors.boxes(sides)
        candidates = np.concatenate(
            [
                _numbered(at, self._candidates(sigmoid(one[:, 0]), place, anchors, sides))
                for at, (one, place) in enumerate(zip(objectness, places, strict=True))
            ]
        )
        if not len(candidates):
            return [Detections.none() for _ in windows]
        of_level = level_of(candidates[:, 1:], self.anchors.strides)
        parts = [candidates[of_level == level] for level in range(len(levels))]
        logits, deltas = self.judge(*levels, *parts)
        return self._judged(np.concatenate(parts), logits, deltas, len(windows), sides, lowest)

    def _candidates(self, scores: Array, places: Array, anchors: Array, sides: tuple[int, int]) -> Array:
        """(m, 4) of one window: of each level the best, then those that do not repeat a better one."""
        kept, start = [], 0
        for count in self.anchors.counts(sides):
            part = np.arange(start, start + count)
            best = part[np.argsort(-scores[part], kind="stable")[:BEFORE]]
            boxes = clipped(from_deltas(places[best], anchors[best]), sides)
            left = hard(boxes.astype(np.float64), scores[best].astype(np.float64), _CANDIDATES) != GONE
            kept.append(np.column_stack([boxes, scores[best]])[left])
            start += count
        every = np.concatenate(kept)
        every = every[(every[:, 2] > every[:, 0] + 1e-3) & (every[:, 3] > every[:, 1] + 1e-3)]
        return np.asarray(every[np.argsort(-every[:, 4], kind="stable")[:CANDIDATES], :4], np.float32)

    def _judged(
        self, candidates: Array, logits: Array, deltas: Array, n: int, sides: tuple[int, int], lowest: float
    ) -> list[Detections]:
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores = (shares / shares.sum(axis=1, keepdims=True))[:, 1:]
        each = deltas.reshape(len(deltas), -1, 4)[:, 1:]
        found = []
        for window in range(n):
            mine = np.flatnonzero(candidates[:, 0] == window)
            at, kinds = chosen(scores[mine], lowest)
            at = mine[at]
            boxes = from_deltas(each[at, kinds], candidates[at, 1:], JUDGED_WEIGHTS)
            found.append(with_area(clipped(boxes, sides), scores[at, kinds], kinds))
        return found


_CANDIDATES = Suppression("hard", iou=CANDIDATE_IOU)


def window_reader(runs: Sequence[Run], anchors: Places) -> WindowReader:
    """A detector from its parts: one is a detector that looks once, two are one that looks twice."""
    return OneLook(runs[0], anchors) if len(runs) == 1 else TwoLooks(runs[0], runs[1], anchors)


def level_of(boxes: Array, strides: Sequence[int]) -> NDArray[np.int64]:
    """The level that judges each candidate (m, 4): where it is some `POOLED` cells wide (Lin et al. 2017)."""
    sizes = np.sqrt(np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-9))
    levels = np.floor(np.log2(sizes / (strides[0] * POOLED)) + 1e-6)
    return np.clip(levels, 0, len(strides) - 1).astype(np.int64)


def _numbered(window: int, boxes: Array) -> Array:
    """(m, 5): the window, then the box."""
    return np.column_stack([np.full(len(boxes), window, np.float32), boxes]).astype(np.float32)
