"""External validation of readers of boxes and of points, from data to pictures and report."""

from __future__ import annotations

import json
import shutil
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


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


def measured(place: Path, write: Callable[..., Path], **how: Any) -> dict[str, Any]:
    """The entry of six other phantoms, and the report with it, of the trained study in a folder."""
    there = write(place / "there", cases=6, seed=99, **how)
    thirdeye.validate(place / "study")
    evidence = thirdeye.validate(place / "study", on=there, patient_is_image=True).evidence
    report(place / "study")
    return evidence["sets"]["external:there"]


def drawn_and_kept(study: Path, entry: dict[str, Any], folder: str) -> None:
    pictures = [one["picture"] for one in entry["drawn"]]
    assert pictures
    assert all(picture.startswith(f"explanation/{folder}/there/") for picture in pictures)
    assert all((study / picture).is_file() for picture in pictures)
    stages = json.loads((study / "provenance.json").read_text())["stages"]
    assert set(pictures) <= set(stages["external:there"]["outputs"])


def test_points(points_place: Path, tmp_path: Path) -> None:
    shutil.copytree(points_place, tmp_path, dirs_exist_ok=True)
    entry = measured(tmp_path, write_point_phantoms)
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
    data = write_box_phantoms(tmp_path / "data", cases=12, seed=3, sides=(64, 64))
    plan(data, out=tmp_path / "study", budget="30s", overrides=BOXES, patient_is_image=True)
    train(tmp_path / "study")
    entry = measured(tmp_path, write_box_phantoms, sides=(64, 64))
    assert entry["n"] == 6
    drawn_and_kept(tmp_path / "study", entry, "boxes")
    assert (tmp_path / "study/report.html").is_file()
    text = external_text({"task": "detection", "sets": {"external:there": entry}}, "external:there")
    assert "false alarms an image" in text
