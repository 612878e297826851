"""Windows that a detector learns from: scaled, shifted, mirrored, put together, in other light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.model.detectors.detection_network import Truth
from thirdeye.training.dense.tone import toned
from thirdeye.training.detection.case import DetectionCase, values_of

LEFT_SHARE = 0.3  # of a box that must be left in the window for it to count
LEAST_PX = 2.0
CENTRED = 0.5  # share of the windows of large images that are placed on a box
MIDDLE = (0.3, 0.7)  # where the four parts of a mosaic meet, as a share of its sides

Boxes = NDArray[np.float32]
Kinds = NDArray[np.int64]
Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Augmentation:
    """How windows are drawn.

    Args:
        sides: (height, width) of a window.
        scale: largest relative change of size; 0 leaves it.
        mirrored: axes (0 rows, 1 columns) that are mirrored at random.
        mosaic: share of the windows that are put together from four.
        tone: strength of the changes of brightness, contrast and noise.
    """

    sides: tuple[int, int]
    scale: float
    mirrored: tuple[int, ...]
    mosaic: float
    tone: float


def draw_window(
    cases: list[DetectionCase], rows: NDArray[np.int64], how: Augmentation, rng: Generator
) -> tuple[Tensor, Truth]:
    """A window (3, H, W) float32 of some case, and what is in it.

    Args:
        cases: all of them.
        rows: positions of those to draw from.
        how: it is drawn.
        rng: decides.
    """
    if rng.random() < how.mosaic:
        parts = [_placed(cases[int(rng.choice(rows))], how, rng) for _ in range(4)]
        pixels, boxes, kinds = _joined(parts, how.sides, rng)
    else:
        pixels, boxes, kinds = _placed(cases[int(rng.choice(rows))], how, rng)
    pixels, boxes = _mirrored(pixels, boxes, how.mirrored, rng)
    window = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
    return toned(window, how.tone, rng), Truth(torch.from_numpy(boxes), torch.from_numpy(kinds))


def _placed(case: DetectionCase, how: Augmentation, rng: Generator) -> tuple[Pixels, Boxes, Kinds]:
    """A case scaled and shifted into a window."""
    factor = float(np.exp(rng.uniform(-1, 1) * np.log1p(how.scale)))
    on = int(rng.integers(len(case.boxes))) if len(case.boxes) and rng.random() < CENTRED else None
    shift = [_shift(case, axis, factor, how.sides[axis], on, rng) for axis in (0, 1)]
    matrix = np.array([[factor, 0, shift[1]], [0, factor, shift[0]]], np.float64)
    # A pixel's centre lies at a half: the map of edges becomes one of centres.
    matrix[:, 2] += 0.5 * (factor - 1)
    size = (how.sides[1], how.sides[0])
    pixels: Pixels = cv2.warpAffine(  # type: ignore[assignment]
        values_of(_cut_out(case, factor, shift, how.sides, matrix)), matrix, size, flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(0.0, 0.0, 0.0),
    )  # fmt: skip
    moved = case.boxes * np.float32(factor) + np.array([shift[1], shift[0]] * 2, np.float32)
    boxes, kinds = inside(moved, case.classes, (0, 0, how.sides[1], how.sides[0]))
    return pixels, boxes, kinds


def _cut_out(
    case: DetectionCase,
    factor: float,
    shift: list[float],
    sides: tuple[int, int],
    matrix: NDArray[np.float64],
) -> NDArray[np.generic]:
    """The part of a large image that the window sees; `matrix` is changed to start there."""
    low = [max(0, int(-shift[axis] / factor) - 2) for axis in (0, 1)]
    high = [int((sides[axis] - shift[axis]) / factor) + 3 for axis in (0, 1)]
    matrix[:, 2] += factor * np.array([low[1], low[0]])
    return np.asarray(case.pixels[low[0] : max(high[0], low[0] + 1), low[1] : max(high[1], low[1] + 1)])


def _shift(
    case: DetectionCase, axis: int, factor: float, window: int, on: int | None, rng: Generator
) -> float:
    """Where the edge of the scaled image goes: it fills the window, or lies within it."""
    spare = window - case.sides[axis] * factor
    low, high = min(0.0, spare), max(0.0, spare)
    if on is None or spare >= 0:
        return float(rng.uniform(low, high))
    middle = float(case.boxes[on, [1 - axis, 3 - axis]].mean()) * factor
    wanted = window * rng.uniform(0.25, 0.75) - middle
    return float(np.clip(wanted, low, high))


def inside(boxes: Boxes, kinds: Kinds, frame: tuple[int, int, int, int]) -> tuple[Boxes, Kinds]:
    """Boxes cut at a frame (x_min, y_min, x_max, y_max); those of which little is left are dropped."""
    low, high = np.array(frame[:2] * 2, np.float32), np.array(frame[2:] * 2, np.float32)
    cut = np.clip(boxes, low, high).reshape(-1, 4)
    sides, own = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    kept = (sides.prod(axis=1) > LEFT_SHARE * own.prod(axis=1)) & (sides > LEAST_PX).all(axis=1)
    return np.ascontiguousarray(cut[kept], np.float32), np.ascontiguousarray(kinds[kept])


def _mirrored(pixels: Pixels, boxes: Boxes, axes: tuple[int, ...], rng: Generator) -> tuple[Pixels, Boxes]:
    for axis in axes:
        if rng.random() < 0.5:
            pixels = np.flip(pixels, axis)
            boxes = boxes.copy()
            low, high = 1 - axis, 3 - axis
            boxes[:, [low, high]] = pixels.shape[axis] - boxes[:, [high, low]]
    return pixels, boxes


def _joined(
    parts: list[tuple[Pixels, Boxes, Kinds]], sides: tuple[int, int], rng: Generator
) -> tuple[Pixels, Boxes, Kinds]:
    """Four windows in one: a quarter of each, cut where they meet (Bochkovskiy et al., YOLOv4, 2020)."""
    row, column = (int(side * rng.uniform(*MIDDLE)) for side in sides)
    frames = (
        (0, 0, column, row), (column, 0, sides[1], row), (0, row, column, sides[0]),
        (column, row, sides[1], sides[0]),
    )  # fmt: skip
    pixels = np.empty((*sides, 3), np.float32)
    boxes, kinds = [], []
    for (x_min, y_min, x_max, y_max), (part, own, own_kinds) in zip(frames, parts, strict=True):
        pixels[y_min:y_max, x_min:x_max] = part[y_min:y_max, x_min:x_max]
        left, left_kinds = inside(own, own_kinds, (x_min, y_min, x_max, y_max))
        boxes.append(left)
        kinds.append(left_kinds)
    return pixels, np.concatenate(boxes), np.concatenate(kinds)
