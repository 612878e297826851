"""The verbs of a detection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.journey.detection.elsewhere import boxes_measured
from thirdeye.journey.detection.planning import plan_detection
from thirdeye.journey.detection.training import train_detection
from thirdeye.journey.detection.validating import evaluate_detection
from thirdeye.journey.located.task import LocatedTask


def _reader_key(manifest: Mapping[str, Any]) -> list[Any]:
    return [manifest["onnx"], manifest["suppression"], manifest["operating_points"]]


DETECTION = LocatedTask(plan_detection, train_detection, evaluate_detection, boxes_measured, _reader_key)
