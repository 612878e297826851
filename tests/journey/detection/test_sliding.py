"""A sliding detector from a plan to its evidence, and what it keeps for a run that goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_cells import draw_tissue, write_cell_phantoms
from thirdeye.inference.detection.detector import open_detector
from thirdeye.inference.detection.manifest import read_detection_manifest
from thirdeye.inference.sliding.detector import SlidingDetector
from thirdeye.journey.planning import plan
from thirdeye.journey.training import train
from thirdeye.plan.detection.file import detection_plan_from_json


@pytest.mark.slow
def test_from_boxes_to_a_detector(tmp_path: Path) -> None:
    folder = _made(tmp_path / "data")
    data = write_cell_phantoms(folder, cases=12, sides=(96, 96), cells=(1, 2), lookalikes=(1, 2))
    study = tmp_path / "study"
    plan(
        data, out=study, budget="20s", patient_is_image=True,
        overrides={"technique": "sliding", "rounds": 1, "mining_rounds": 2, "batch_size": 16},
    )  # fmt: skip
    place = Study(study)
    decided = detection_plan_from_json(place.read_json("plan.json"))
    assert (decided.architecture, len(decided.object_px)) == ("patch_net", 2)
    assert decided.object_px[0] == pytest.approx((12, 12), abs=0.1)
    assert decided.view_scale == pytest.approx(20 / 12, rel=0.01)
    train(study, data=data)
    mined = place.read_json("runs/mining.json")["rounds"]
    assert {record["member"] for record in mined} == {0, 1}
    assert all(sum(one["kept"] for one in mined if one["member"] == member) == 1 for member in (0, 1))
    with np.load(study / "runs/validation.npz") as saved:
        assert sum(name.startswith("scores_") for name in saved.files) == len(_development(place))
    detector = open_detector(place, read_detection_manifest(place), threads=1)
    assert isinstance(detector, SlidingDetector)
    pixels, _ = draw_tissue(np.random.default_rng(0), (100, 130), cells=2, lookalikes=1)
    found = detector.find(Image(pixels, 8, "x"))
    assert (found.boxes[:, 2] <= 130).all()
    assert (np.diff(found.scores) <= 0).all()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _development(place: Study) -> list[str]:
    lines = place.path("dataset.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("split")
    return [line for line in lines[1:] if line.split(",")[column] in ("train", "validation")]
