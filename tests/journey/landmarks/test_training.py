from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import LANDMARKS
from thirdeye.errors import StudyMismatch
from thirdeye.inference.landmarks.second_reader import FoundLandmarks, LandmarkReader
from thirdeye.journey.landmarks.material import (
    points_of_image,
    read_landmark_plan,
    read_landmarks,
    rows_with_points,
)
from thirdeye.journey.landmarks.training import held_out_points
from thirdeye.journey.material import read_study_dataset
from thirdeye.journey.training import train
from thirdeye.training.event import Event

pytestmark = pytest.mark.slow


@pytest.fixture
def data(points_place: Path) -> Path:
    return points_place / "data"


@pytest.fixture
def study(points_place: Path) -> Path:
    return points_place / "study"


def test_points_of_phantoms_are_found(study: Path, data: Path) -> None:
    table = pd.read_csv(data / "landmarks.csv")
    reader = LandmarkReader.load(study, threads=1)
    paths = sorted((data / "images").glob("*.png"))
    gaps = []
    for path, found in zip(paths, reader.read_many(paths), strict=True):
        assert isinstance(found, FoundLandmarks)
        own = table[table["image"] == f"images/{path.name}"].set_index("landmark")[["x", "y"]]
        own = own.reindex(list(LANDMARKS)).to_numpy()
        gaps.append(np.linalg.norm(found.points.xy - own, axis=1))
    assert np.nanmean(gaps) < 4  # pixels; a guess of the mean place misses by more


def test_held_out_points_are_of_images_that_no_member_learnt_from(study: Path, data: Path) -> None:
    place = Study(study)
    dataset, decided = read_study_dataset(place, data), read_landmark_plan(place)
    table = read_landmarks(place, decided)
    rows = rows_with_points(dataset, table, "train", "validation")
    found = held_out_points(place)
    assert sorted(found) == list(range(len(rows)))
    own = [points_of_image(table, image, "") for image in rows["image"]]
    gaps = np.concatenate([np.linalg.norm(found[row].xy - own[row], axis=1) for row in found])
    assert np.nanmean(gaps) < 6
    assert np.isnan(gaps).sum() in (0, 2)  # the two that are missing, unless that image is of the test part


def test_an_image_without_points_takes_no_part(study: Path, data: Path) -> None:
    place = Study(study)
    dataset = read_study_dataset(place, data)
    table = read_landmarks(place, read_landmark_plan(place))
    rows = rows_with_points(dataset, table, "train", "validation", "test")
    assert "images/phantom-003.png" not in set(rows["image"])
    assert len(rows) == 15


def test_without_time_to_learn_it_there_is_no_second_look(
    study: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(study, tmp_path / "s"))
    shutil.rmtree(copy / "model")
    monkeypatch.setattr("thirdeye.journey.landmarks.fitting._reading_again_s", lambda *_: 1e6)
    heard: list[Event] = []
    train(copy, data=data, tell=heard.append)
    assert any(one.text.startswith("no second look") for one in heard)
    assert not any("the second look" in one.text for one in heard if one.kind == "stage")
    assert {path.name[:6] for path in (copy / "model").glob("*.onnx")} == {"first_"}
    found = next(iter(LandmarkReader.load(copy, threads=1).read_many([data / "images/phantom-000.png"])))
    assert isinstance(found, FoundLandmarks)
    assert len(found.opinion.landmarks) == len(LANDMARKS)


def test_a_result_is_written_as_a_picture(study: Path, data: Path, tmp_path: Path) -> None:
    reader = LandmarkReader.load(study, threads=1)
    found = next(iter(reader.read_many([data / "images" / "phantom-000.png"])))
    assert isinstance(found, FoundLandmarks)
    assert found.write(tmp_path, "case") == ("case_marked.png",)
    assert (tmp_path / "case_marked.png").exists()
    assert [one.name for one in found.opinion.landmarks] == list(LANDMARKS)


def test_what_is_no_image_is_said(study: Path, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no picture")
    found = next(iter(LandmarkReader.load(study, threads=1).read_many([tmp_path / "x.png"])))
    assert not isinstance(found, FoundLandmarks)
    assert found.error


def test_reading_needs_no_torch(study: Path, data: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from thirdeye.inference.landmarks.second_reader import LandmarkReader;"
        f"reader = LandmarkReader.load(Path({str(study)!r}), threads=1);"
        f"list(reader.read_many([Path({str(data / 'images' / 'phantom-000.png')!r})]));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


def test_an_edited_network_is_refused(study: Path, tmp_path: Path) -> None:
    copy = tmp_path / "s"
    shutil.copytree(study, copy)
    with (copy / "model" / "first_0.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(StudyMismatch, match="changed after training"):
        LandmarkReader.load(copy)
