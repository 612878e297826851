"""From boxes to a detector that reads without torch, by the verbs that a person uses."""

import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import write_box_phantoms
from thirdeye.errors import StudyMismatch
from thirdeye.inference.detection.detector import open_detector
from thirdeye.inference.detection.manifest import read_detection_manifest
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.material import gather_detection, read_boxes, read_detection_plan
from thirdeye.journey.detection.reference import judged_rows
from thirdeye.journey.material import read_study_dataset
from thirdeye.journey.planning import plan
from thirdeye.journey.training import train
from thirdeye.training.event import Event

QUICK = {"rounds": 1, "batch_size": 2, "width": 32}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_box_phantoms(tmp_path_factory.mktemp("data"), cases=16, sides=(64, 64))
    document = json.loads((folder / "annotations.json").read_text())
    document["annotations"].append(  # a box without width
        {"id": 999, "image_id": 1, "category_id": 1, "bbox": [5, 5, 0, 9], "area": 0, "iscrowd": 0}
    )
    (folder / "annotations.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def planned(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "s"
    plan(data, out=out, budget="20s", overrides=QUICK, patient_is_image=True)
    return out


def test_the_plan_follows_the_boxes_of_the_development_part(planned: Path) -> None:
    written = read_detection_plan(Study(planned))
    assert written.classes == ("dark", "bright") or written.classes == ("bright", "dark")
    assert (written.rounds, written.width) == (1, 32)
    assert written.tile_px == (64, 64)
    assert Study(planned).has("regions.csv")


def test_boxes_are_learnt_from_in_prepared_pixels_and_bad_ones_counted(data: Path, planned: Path) -> None:
    study = Study(planned)
    dataset, written = read_study_dataset(study, data), read_detection_plan(study)
    material = gather_detection(study, dataset, read_boxes(study, written), written)
    first = dataset.rows.set_index("image").loc["images/phantom-000.png", "split"]
    expected = {} if first == "test" else {"a box without width or height": 1}
    assert dict(material.left_out) == expected
    assert [case.sides for case in material.cases] == [(64, 64)] * len(material.rows)
    pixels = load_image(dataset.root, str(material.rows["image"].iloc[0])).pixels
    assert material.cases[0].pixels[..., 0] == pytest.approx(pixels, abs=1)


def test_boxes_of_another_name_than_the_plans_are_refused(planned: Path, tmp_path: Path) -> None:
    study, other = Study(planned), Study(tmp_path)
    other.write_text("regions.csv", study.path("regions.csv").read_text().replace(",dark,", ",dim,"))
    with pytest.raises(StudyMismatch, match="names 'dim'"):
        read_boxes(other, read_detection_plan(study))


@pytest.mark.slow
def test_training_leaves_a_detector_that_agrees_with_what_it_was_judged_by(data: Path, planned: Path) -> None:
    heard: list[Event] = []
    train(planned, tell=heard.append)
    study = Study(planned)
    dataset, manifest = read_study_dataset(study, data), read_detection_manifest(study)
    detector = open_detector(study, manifest, threads=1)
    rows = judged_rows(dataset, "train", "validation")
    kept = np.load(study.path("runs/validation.npz"), allow_pickle=False)
    assert set(kept.files) == {
        f"{name}_{row}" for name in ("boxes", "scores", "classes") for row in range(len(rows))
    }
    assert len(manifest.members) == 2
    # Every image is held out of one member: boxes lie in its stored pixels, the highest score first.
    for row in range(len(rows)):
        assert (np.diff(kept[f"scores_{row}"]) <= 0).all()
        assert kept[f"boxes_{row}"].max(initial=0) <= 64
    found = detector.find(load_image(dataset.root, str(rows["image"].iloc[0])))
    assert len(found) > 0
    assert manifest.weights[0]["licence"] == "Apache-2.0"
    assert {one["name"] for one in manifest.details["suppressions_tried"]} == {"hard", "soft"}
