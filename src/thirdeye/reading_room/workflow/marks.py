"""Marks that a reader sets on images: points, lengths, boxes and outlines, checked before they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.reading_room.refusal import Refusal

MOST_MARKS = 500
MOST_POINTS = 1000
_LARGEST = 1_000_000  # columns or rows of the largest slide
# Kind to the smallest and largest number of its points.
KINDS = {"point": (1, 1), "length": (2, 2), "box": (2, 2), "outline": (3, MOST_POINTS)}
_FIELDS = frozenset(["kind", "image", "frame", "points"])


def checked_marks(form: Any, images: Sequence[str]) -> list[dict[str, Any]]:
    """Marks as they are kept.

    Args:
        form: a list of ``{"kind", "image", "frame", "points": [[x, y], ...]}``. x and y count pixels from
            the upper left corner of the frame: the middle of the first pixel is (0.5, 0.5).
        images: ids of the images of the case.

    Raises:
        Refusal: 422 for anything else.
    """
    if not isinstance(form, list):
        raise Refusal(422, "marks")
    if len(form) > MOST_MARKS:
        raise Refusal(422, "too_much")
    return [_mark(one, images) for one in form]


def _mark(form: Any, images: Sequence[str]) -> dict[str, Any]:
    if not isinstance(form, Mapping) or set(form) != _FIELDS:
        raise Refusal(422, "marks")
    kind, frame, points = form["kind"], form["frame"], form["points"]
    if not isinstance(kind, str) or kind not in KINDS or form["image"] not in images:
        raise Refusal(422, "marks")
    if type(frame) is not int or not 0 <= frame < 1 << 20 or not isinstance(points, list):
        raise Refusal(422, "marks")
    fewest, most = KINDS[kind]
    if not fewest <= len(points) <= most:
        raise Refusal(422, "marks")
    return {"kind": kind, "image": form["image"], "frame": frame, "points": [_point(one) for one in points]}


def _point(form: Any) -> list[float]:
    if not isinstance(form, list) or len(form) != 2 or not all(type(one) in (int, float) for one in form):
        raise Refusal(422, "marks")
    if not all(-1 <= one <= _LARGEST for one in form):
        raise Refusal(422, "marks")
    return [round(float(one), 2) for one in form]
