"""Thresholds handed to an evaluation: fixed before, each with its origin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from thirdeye.errors import UsageError
from thirdeye.evaluation.metric import Metric, ThresholdOrigin


@dataclass(frozen=True)
class Threshold:
    """An operating point as it is applied.

    Args:
        name: of the operating point.
        threshold: a case is positive when its probability is at or above it.
        origin: where it comes from.
        class_name: the class whose probability it cuts; None for the positive class of a binary task.
    """

    name: str
    threshold: float
    origin: ThresholdOrigin
    class_name: str | None = None

    def mark(self, metric: Metric) -> Metric:
        """The metric with this operating point in its fields."""
        return metric.with_(
            operating_point=self.name,
            threshold=self.threshold,
            threshold_origin=self.origin,
            class_name=self.class_name,
        )

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "name": self.name,
            "class": self.class_name,
            "threshold": self.threshold,
            "origin": self.origin,
        }


def half(class_name: str | None = None) -> Threshold:
    """Probability 0.5, which nobody has to choose."""
    return Threshold("probability_0.5", 0.5, "prespecified", class_name)


def read_thresholds(points: Sequence[Mapping[str, Any]], *, classes: Sequence[str]) -> list[Threshold]:
    """Operating points as `choose_operating_points` or model.json hold them.

    Args:
        points: each with name, threshold and origin, and `class` where the task is not binary.
        classes: the names that `class` may have.

    Raises:
        UsageError: a key is missing, a threshold is no number, an origin or class is unknown, or a name
            comes twice for one class.
    """
    read = [_read(point, classes) for point in points]
    seen: set[tuple[str, str | None]] = set()
    for point in read:
        key = (point.name, point.class_name)
        if key in seen:
            raise UsageError(f"two operating points are called '{point.name}'; give each its own name")
        seen.add(key)
    return read


def _read(point: Mapping[str, Any], classes: Sequence[str]) -> Threshold:
    missing = {"name", "threshold", "origin"} - set(point)
    if missing:
        raise UsageError(f"operating point {dict(point)!r} lacks {', '.join(sorted(missing))}")
    threshold, origin, class_name = point["threshold"], point["origin"], point.get("class")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or math.isnan(threshold):
        raise UsageError(f"operating point '{point['name']}': threshold {threshold!r} is not a number")
    if origin not in get_args(ThresholdOrigin):
        raise UsageError(
            f"operating point '{point['name']}': origin {origin!r}; expected {get_args(ThresholdOrigin)}"
        )
    if class_name is not None and class_name not in classes:
        raise UsageError(f"operating point '{point['name']}': no class '{class_name}' among {list(classes)}")
    return Threshold(str(point["name"]), float(threshold), origin, class_name)
