"""Stages as JSON, curves for people and for TensorBoard."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.training.record import CURVE_COLUMNS, CurveWriter, Stage

HISTORY = [
    {"epoch": 1.0, "seconds": 1.5, "train_loss": 0.7, "validation_loss": 0.65, "learning_rate": 1e-3},
    {"epoch": 2.0, "seconds": 3.0, "train_loss": 0.5, "validation_loss": 0.1234567, "learning_rate": 5e-4},
]


def test_a_stage_is_json_with_its_figure_as_a_metric_object() -> None:
    figure = auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.3, 0.9]), clusters=np.array(list("abcd")))
    stage = Stage("frozen_features", "words", figure, True, "why", 1.23456, 7.891, ({"fold": 0},))
    form = json.loads(json.dumps(stage.as_json(), allow_nan=False))
    assert form["validation"]["auc"]["value"] == 0.75
    assert form["validation"]["auc"]["n"] == 4
    assert (form["seconds"], form["elapsed_s"], form["kept"]) == (1.23, 7.89, True)
    assert form["members"] == [{"fold": 0}]


def test_curves_hold_every_epoch_of_every_member(tmp_path: Path) -> None:
    writer = CurveWriter(tmp_path / "runs")
    writer.rewrite({0: HISTORY[:1]})
    writer.rewrite({0: HISTORY, 3: HISTORY[:1]})
    with (tmp_path / "runs" / "curves.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == CURVE_COLUMNS
    assert [(row["member"], row["epoch"]) for row in rows] == [("0", "1.0"), ("0", "2.0"), ("3", "1.0")]
    assert float(rows[1]["validation_loss"]) == pytest.approx(0.123457)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["curves.csv"]


def test_tensorboard_reads_the_same_values(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    writer = CurveWriter(tmp_path)
    writer.tensorboard(2, HISTORY[:1])
    writer.tensorboard(2, HISTORY)
    (path,) = (tmp_path / "tensorboard" / "member_2").iterdir()
    assert path.name == "events.out.tfevents.curves"  # not the machine's name
    found = {
        (event.step, value.tag): value.tensor.float_val[0]
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
    }
    assert found == {
        (int(record["epoch"]), name): pytest.approx(record[name])
        for record in HISTORY
        for name in ("train_loss", "validation_loss", "learning_rate")
    }
