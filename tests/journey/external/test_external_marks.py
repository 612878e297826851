"""External validation of readers of boxes and of points, from data to pictures and report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import thirdeye
from thirdeye.cli.external_text import external_text
from thirdeye.dataset.phantoms_located import write_box_phantoms, write_point_phantoms
from thirdeye.journey.planning import plan
from thirdeye.journey.reporting import report
from thirdeye.journey.training import train

pytestmark = pytest.mark.slow
BOXES = {"rounds": 1, "batch_size": 2, "width": 32}
POINTS = {"rounds": 1, "zoom": 1.5, "crop_px": 64, "fine_rounds": 1, "batch_size": 4, "crops": 4}


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


def measured(folder: Path, write: Callable[..., Path], values: dict[str, Any], **how: Any) -> dict[str, Any]:
    data = write(folder / "data", cases=12, seed=3, **how)
    there = write(folder / "there", cases=6, seed=99, **how)
    plan(data, out=folder / "study", budget="30s", overrides=values, patient_is_image=True)
    train(folder / "study")
    thirdeye.validate(folder / "study")
    evidence = thirdeye.validate(folder / "study", on=there, patient_is_image=True).evidence
    report(folder / "study")
    return evidence["sets"]["external:there"]


def drawn_and_kept(study: Path, entry: dict[str, Any], folder: str) -> None:
    pictures = [one["picture"] for one in entry["drawn"]]
    assert pictures
    assert all(picture.startswith(f"explanation/{folder}/there/") for picture in pictures)
    assert all((study / picture).is_file() for picture in pictures)
    stages = json.loads((study / "provenance.json").read_text())["stages"]
    assert set(pictures) <= set(stages["external:there"]["outputs"])


def test_points(tmp_path: Path) -> None:
    entry = measured(tmp_path, write_point_phantoms, POINTS)
    assert entry["n"] == 6
    assert [one["kind"] for one in entry["comparisons"]] == ["traditional", "simple"]
    assert set(entry["sdr_curve"]["others"]) == {one["second"] for one in entry["comparisons"]}
    assert not any("not compared" in said for said in entry["warnings"])
    table = pd.read_csv(tmp_path / "study/external/there/predictions.csv")
    assert set(table["source"]) == {"network", "regression", "mean_shape"}
    assert (table.groupby("source").size() == 6 * 4).all()
    drawn_and_kept(tmp_path / "study", entry, "points")
    text = external_text({"task": "landmarks", "sets": {"external:there": entry}}, "external:there")
    assert "Mean distance (px)            left " in text
    assert "mre_px" not in text


def test_boxes(tmp_path: Path) -> None:
    entry = measured(tmp_path, write_box_phantoms, BOXES, sides=(64, 64))
    assert entry["n"] == 6
    drawn_and_kept(tmp_path / "study", entry, "boxes")
    assert (tmp_path / "study/report.html").is_file()
    text = external_text({"task": "detection", "sets": {"external:there": entry}}, "external:there")
    assert "false alarms an image" in text
