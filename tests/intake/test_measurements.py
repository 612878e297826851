from __future__ import annotations

import json
from pathlib import Path

import pytest

from thirdeye.dataset.phantoms_located import write_mask_phantoms, write_point_phantoms
from thirdeye.errors import UsageError
from thirdeye.intake.measurements import MEASUREMENTS_FILE, stated_values
from thirdeye.intake.open import open_collection

WIDTH = {"name": "width", "kind": "distance", "points": ["left", "right"]}


def data(folder: Path, *measurements: dict) -> Path:
    write_point_phantoms(folder, cases=6)
    if measurements:
        (folder / MEASUREMENTS_FILE).write_text(json.dumps({"measurements": measurements}))
    return folder


def test_beside_the_data_and_named_by_the_user(tmp_path) -> None:
    folder = data(tmp_path / "data", WIDTH)
    found = open_collection(folder)
    assert [one.name for one in found.measurements] == ["width"]
    assert "measurements.json: 1 measurement from the landmarks: width (distance)." in found.understood
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"measurements": [{**WIDTH, "name": "breadth"}]}))
    assert [one.name for one in open_collection(folder, measurements=other).measurements] == ["breadth"]
    assert open_collection(data(tmp_path / "plain")).measurements == ()


def test_a_table_that_comes_with_the_package_and_a_file_of_its_name_goes_first(tmp_path, monkeypatch) -> None:
    folder = data(tmp_path / "data")
    with pytest.raises(UsageError, match=r"cephalometry\.json, measurement 1 .'ANB'.*no landmark 'sella'"):
        open_collection(folder, measurements="cephalometry")
    with pytest.raises(UsageError, match=r"no file 'cephalo' .*there is cephalometry"):
        open_collection(folder, measurements="cephalo")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cephalometry").write_text(json.dumps({"measurements": [WIDTH]}))
    assert open_collection(folder, measurements="cephalometry").measurements[0].name == "width"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"measurements": [{"name": "w", "kind": "distance", "points": ["left", "rihgt"]}]}',
         "no landmark 'rihgt'; did you mean 'right'"),
        ('{"measurements": [{"name": "w", "kind": "distance", "points": ["left", "right"],'
         '"column": "cm"}]}',
         "no column 'cm'; there are "),
        ('{"measurements": [{"name": "w", "kind": "distance", "points": ["left", "right"],'
         '"column": "split"}]}',
         "no cell of column 'split' is a number"),
        ("{", "not readable JSON"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_anything_is_learnt(tmp_path, content: str, said: str) -> None:
    folder = data(tmp_path)
    (folder / MEASUREMENTS_FILE).write_text(content)
    with pytest.raises(UsageError, match=said):
        open_collection(folder)


def test_a_file_that_is_not_there_and_data_without_landmarks(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"no file 'none\.json'"):
        open_collection(data(tmp_path / "points"), measurements=tmp_path / "none.json")
    masks = write_mask_phantoms(tmp_path / "masks", cases=4)
    with pytest.raises(UsageError, match="belongs to data with landmarks; the task here is segmentation"):
        open_collection(masks, measurements=tmp_path / "none.json")


def test_values_that_the_table_states(tmp_path) -> None:
    folder = data(tmp_path, {**WIDTH, "column": "width_px"})
    table = (folder / "landmarks.csv").read_text().splitlines()
    cells = ["width_px", *("x" if i > 4 else str(20 + i) for i in range(len(table) - 1))]
    (folder / "landmarks.csv").write_text(
        "\n".join(f"{line},{cell}" for line, cell in zip(table, cells, strict=True))
    )
    found = open_collection(folder)
    rows = found.rows.set_index("image")
    assert stated_values(rows.loc["images/phantom-000.png"], found.measurements) == {"width": 20.0}
    assert stated_values(rows.loc["images/phantom-003.png"], found.measurements) == {}


@pytest.mark.data
def test_the_cobb_angles_of_a_table_are_recognised(shared_data) -> None:
    found = open_collection(shared_data / "aasce2019_spine_landmarks")
    assert [one.kind for one in found.measurements] == ["cobb_3"]
    assert found.measurements[0].columns == ("cobb1", "cobb2", "cobb3")
    assert any("are the Cobb angles of the points (median difference 0.0" in one for one in found.understood)
