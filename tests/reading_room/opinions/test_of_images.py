"""A case of several images: decided together where the reader has learnt that, else image by image."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from sqlalchemy import select

from thirdeye.inference.fusion.given import CaseFiles
from thirdeye.inference.fusion.reading import CaseReader
from thirdeye.inference.readers import open_reader
from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.opinions.asked import ask
from thirdeye.reading_room.opinions.make import make_opinion
from thirdeye.reading_room.store.tables import AUDIT, OPINION
from thirdeye.reading_room.telling.opinion import told


def _pictures(folder: Path) -> list[Path]:
    """Two images of a case; the second has a bright spot."""
    rng = np.random.default_rng(7)
    rows, columns = np.mgrid[:40, :40]
    paths = []
    for number in (1, 2):
        pixels = rng.normal(90, 25, (40, 40))
        if number == 2:
            pixels += 70 * np.exp(-((rows - 20) ** 2 + (columns - 20) ** 2) / 20)
        paths.append(folder / f"ZZNAMED {number}.png")
        PIL.Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(paths[-1])
    return paths


@pytest.fixture
def together(finished: Path, tmp_path: Path) -> Path:
    """The small study, told that a case is the mean of its images."""
    place = tmp_path / "together"
    place.mkdir()
    for one in (finished / "study").iterdir():
        (place / one.name).symlink_to(one)
    (place / "model").unlink()
    shutil.copytree(finished / "study/model", place / "model")
    form = json.loads((place / "model/model.json").read_text())
    form["trust"]["fusion"] = {
        "unit": "case", "pooling": {"method": "mean", "weights": {}, "views": []}, "frequency": {},
        "calibration": {"method": "none", "task": "binary"},
        "operating_points": [{"name": "youden", "threshold": 0.5}],
    }  # fmt: skip
    (place / "model/model.json").write_text(json.dumps(form))
    return place


def test_a_reader_of_single_images_reads_each_and_shows_each(reader: Any, finished: Path, tmp_path) -> None:
    found = ask(reader, finished / "study", _pictures(tmp_path))
    assert found.form["source"] == "image 1"
    assert found.form["fused"] is None
    (other,) = found.form["images"]
    assert other["source"] == "image 2"
    assert [one["picture"] for one in found.form["looks"]] == ["plain", "plain_2"]
    sizes = [PIL.Image.open(io.BytesIO(found.pictures[name])).size for name in ("plain", "plain_2")]
    assert sizes[0] == sizes[1]
    assert found.pictures["plain"] != found.pictures["plain_2"]
    alone = ask(reader, finished / "study", _pictures(tmp_path)[1:])
    assert alone.form["probabilities"] == other["probabilities"]
    assert alone.pictures["plain"] == found.pictures["plain_2"]
    assert "looks" not in alone.form


def test_the_opinion_on_a_case_is_that_of_all_its_images(together: Path, tmp_path: Path) -> None:
    reader, paths = open_reader(together, threads=1), _pictures(tmp_path)
    expected = CaseReader.load(together, reader).read(CaseFiles("case", tuple(paths), ("", "")))
    found = ask(reader, together, paths)
    assert found.form["probabilities"] == dict(expected.opinion.probabilities)
    assert [one["threshold"] for one in found.form["verdicts"]] == [0.5]
    values = [one["probabilities"][found.form["positive"]] for one in found.form["fused"]["images"]]
    assert min(values) < found.form["probabilities"][found.form["positive"]] < max(values)
    assert found.form["source"] == f"image {1 + values.index(max(values))}"  # the one that speaks most for it
    assert "images" not in found.form
    assert "ZZNAMED" not in json.dumps(found.form)
    said = told(found.form, "en")
    assert "The machine decided from 2 images together." in " ".join(said["came_about"])
    assert said["others"] == []
    assert said["looks"]["all"][said["looks"]["first"]]["label"] == found.form["source"]


def test_without_one_of_its_images_a_case_is_not_decided_together(together: Path, tmp_path: Path) -> None:
    paths = _pictures(tmp_path)
    paths[1].write_bytes(paths[1].read_bytes()[:60])
    found = ask(open_reader(together, threads=1), together, paths)
    assert found.form["fused"] is None
    assert "error" in found.form["images"][0]


@pytest.fixture
def shown(house: Any, tmp_path: Path) -> tuple[Any, str, str]:
    """The page of an opinion on two images: browser, case, page."""
    arrival = Arrival(files=_pictures(tmp_path), patient="p", source="upload", identity={}, facts={})
    case = take_in(house.room, house.study, arrival)
    assert make_opinion(house.room, case, house.reader)
    client = house.client("reader")
    csrf = house.token(client.get("/").text)
    for step in ("take", "check"):
        client.post(f"/cases/{case}/{step}", data={"csrf": csrf})
    client.get(f"/cases/{case}/read")
    client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 30})
    return client, case, client.get(f"/cases/{case}/opinion").text


def test_the_screen_goes_through_the_images_each_with_its_own_heat_map(house: Any, shown: Any) -> None:
    client, case, page = shown
    assert 'id="look" min="0" max="1"' in page
    for name in ("plain", "plain_2"):
        address = f"/cases/{case}/opinion/pictures/{name}.png"
        assert f'data-picture="{address}"' in page
        assert client.get(address).status_code == 200
    with house.room.database.reading() as connection:
        form = connection.execute(select(OPINION.c.form)).scalar_one()
    maps = [name for name in form["pictures"] if name.startswith("heat_map")]
    assert len(maps) in (0, 2)  # of both or, where the method failed its exam, of neither
    for name in maps:
        assert client.get(f"/cases/{case}/opinion/pictures/{name}.png").status_code == 200
    with house.room.database.reading() as connection:
        looked = connection.execute(select(AUDIT.c.action)).scalars().all().count("picture.shown")
    assert looked == len(maps)
