"""The verbs of landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.journey.landmarks.elsewhere import points_measured
from thirdeye.journey.landmarks.planning import plan_landmarks
from thirdeye.journey.landmarks.training import train_landmarks
from thirdeye.journey.landmarks.validating import evaluate_landmarks
from thirdeye.journey.located.task import LocatedTask


def _reader_key(manifest: Mapping[str, Any]) -> list[Any]:
    pairs = manifest.get("pairs")
    always = [manifest["onnx"], manifest["first"], manifest["second"], manifest["shape"]]
    return always if pairs is None else [*always, pairs]


LANDMARKS = LocatedTask(plan_landmarks, train_landmarks, evaluate_landmarks, points_measured, _reader_key)
