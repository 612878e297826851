"""The verbs of a segmentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.journey.dense.elsewhere import masks_measured
from thirdeye.journey.dense.planning import plan_dense
from thirdeye.journey.dense.training import train_dense
from thirdeye.journey.dense.validating import evaluate_dense
from thirdeye.journey.located.task import LocatedTask


def _reader_key(manifest: Mapping[str, Any]) -> list[Any]:
    return [
        manifest["onnx"],
        manifest["mirrored"],
        manifest["tidying"],
        *filter(None, [manifest.get("label")]),
    ]


SEGMENTATION = LocatedTask(plan_dense, train_dense, evaluate_dense, masks_measured, _reader_key)
