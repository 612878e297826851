"""What training leaves for validation, and who held out which image."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.inference.calibration import apply
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.fitting import operating_points
from thirdeye.training.selection import Truth


def test_validation_cases_are_saved_as_calibrated(finished: Path) -> None:
    study = Study(finished / "study")
    with np.load(study.path("runs/validation.npz"), allow_pickle=False) as saved:
        logits, probabilities, rows = saved["logits"], saved["probabilities"], saved["rows"]
    assert np.allclose(apply(read_manifest(study).calibration, logits), probabilities)
    assert len(rows) == len(set(rows.tolist()))


def test_stages_are_written_with_figures_and_times(finished: Path) -> None:
    content = json.loads((finished / "study" / "runs" / "stages.json").read_text(encoding="utf-8"))
    assert content["version"] == 1
    names = [stage["name"] for stage in content["stages"]]
    assert names[:2] == ["frozen_features", "fine_tuning"]
    elapsed = [stage["elapsed_s"] for stage in content["stages"]]
    assert elapsed == sorted(elapsed)
    assert all(stage["validation"]["auc"]["n"] for stage in content["stages"])


@pytest.mark.parametrize("positive", [0, 1])
def test_points_are_about_the_positive_class(positive: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 80)
    p = (0.3 * rng.normal(size=80) + labels).clip(0.01, 0.99)
    table = np.stack([1 - p, p], axis=1)
    truth = Truth(labels, ("a", "b"), positive, np.arange(80).astype(str), "binary")
    point = next(point for point in operating_points(truth, table) if point["name"] == "youden")
    called = table[:, positive] >= point["threshold"]
    assert called[labels == positive].mean() > 0.8
    assert called[labels != positive].mean() < 0.2


def test_more_than_two_classes_have_no_points() -> None:
    truth = Truth(np.arange(9) % 3, tuple("abc"), None, np.arange(9).astype(str), "multiclass")
    assert operating_points(truth, np.full((9, 3), 1 / 3)) == []
