"""The envelope of appearance of a study with masks, boxes or points."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.case.study import Study
from thirdeye.inference.guard import open_guard
from thirdeye.intake.pixels import load_file
from thirdeye.journey.located.envelope import draw_located_envelope


@pytest.fixture
def dataset(tmp_path: Path) -> SimpleNamespace:
    """60 dark images, 50 of them for development; one is damaged."""
    draw = np.random.default_rng(0)
    (tmp_path / "data").mkdir()
    for k in range(60):
        Image.fromarray(draw.integers(0, 40, (30, 30)).astype(np.uint8)).save(tmp_path / f"data/{k}.png")
    (tmp_path / "data/3.png").write_bytes(b"broken")
    rows = pd.DataFrame(
        {"image": [f"{k}.png" for k in range(60)], "patient": [f"p{k // 2}" for k in range(60)]}
    )
    split = np.where(np.arange(60) < 50, "train", "test")
    return SimpleNamespace(root=tmp_path / "data", rows=rows, part=lambda *names: rows[np.isin(split, names)])


def test_it_is_drawn_around_development_images_and_named_with_its_hash(dataset, tmp_path: Path) -> None:
    study = Study(tmp_path / "study")
    study.write_json("model/model.json", {"task": "detection"})
    assert draw_located_envelope(study, dataset) == ["model/envelope.npz"]
    form = json.loads((tmp_path / "study/model/model.json").read_text())
    assert form["envelope"]["n"] == 49
    guard = open_guard(study, SimpleNamespace(envelope=form["envelope"]))
    own = guard.familiarity(load_file(dataset.root / "55.png"))
    assert own is not None
    assert own.distance < 1
    assert own.n == 49
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (30, 30, 3)).astype(np.uint8)).save(
        tmp_path / "x.png"
    )
    assert guard.familiarity(load_file(tmp_path / "x.png")).distance > 1


def test_too_few_images_draw_none(dataset, tmp_path: Path) -> None:
    study = Study(tmp_path / "study")
    study.write_json("model/model.json", {"task": "detection"})
    few = SimpleNamespace(root=dataset.root, rows=dataset.rows, part=lambda *names: dataset.part(*names)[:30])
    assert draw_located_envelope(study, few) == []
    assert "envelope" not in json.loads((tmp_path / "study/model/model.json").read_text())
