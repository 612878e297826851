"""Classifiers that slide over an image: what each one's answer depends on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SlidingShape:
    """What one answer of a classifier sees.

    Args:
        side_px: of the square that an answer depends on.
        stride_px: pixels between neighbouring answers when it reads a larger image as it stands; finer ones
            are made of the same weights (`thirdeye.model.answers.with_answers_every`).
        object_px: side of a typical object in its square: images are scaled so that objects have it.
    """

    side_px: int
    stride_px: int
    object_px: float


# A mitosis of 10 um has 40 px at 0.25 um a pixel, in the window of 101 px of Ciresan et al. (2013).
SLIDING_NETWORKS: dict[str, SlidingShape] = {
    "patch_net": SlidingShape(48, 4, 20.0),
    "ciresan_dnn1": SlidingShape(101, 32, 40.0),
    "ciresan_dnn2": SlidingShape(101, 16, 40.0),
    "vangrinsven": SlidingShape(40, 4, 17.0),
}
