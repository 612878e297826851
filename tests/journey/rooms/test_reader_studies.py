"""From the lists through the reading room to the analysis, by the commands' own functions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert, select, update

from thirdeye.case.opinion import Opinion
from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.readers.analysing import analyse_readings
from thirdeye.journey.readers.designing import design
from thirdeye.journey.readers.importing import import_readings
from thirdeye.journey.rooms.opened import opened
from thirdeye.journey.rooms.reader_studies import collect_readings, images_by_case, open_reader_study
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.reader_studies.read import lock_step, open_next
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import CASE, OPINION, PERSON, PLACE

CASES = 24
READERS = ("A", "B", "C")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a room of three readers, images, and a table of cases with truth."""
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    lines = ["case,truth"]
    for number in range(CASES):
        Image.fromarray(rng.integers(0, 255, (16, 16)).astype(np.uint8)).save(
            tmp_path / "images" / f"k{number}.png"
        )
        lines.append(f"k{number},{number % 2}")
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n")
    room = Room.open(Settings(folder=tmp_path / "room"))
    with room.acting(None) as act:
        for reader in READERS:
            act.connection.execute(
                insert(PERSON).values(login=reader.casefold(), shown=reader, roles="reader", disabled=False,
                                      made_at=act.at)
            )  # fmt: skip
    room.close()
    return tmp_path


def read_all(room: Room, number: int, machine: dict[str, float], positive: str, other: str) -> None:
    """Every reader reads the whole list; the final answer is the mean of their own and the machine's."""
    rng = np.random.default_rng(1)
    with room.acting(None) as act:
        names = dict(act.connection.execute(select(PLACE.c.case_id, PLACE.c.name)).all())
        for case, name in names.items():
            form = Opinion(
                "image 1", "binary", {positive: machine[name], other: 1 - machine[name]}, positive=positive
            ).as_json()
            act.connection.execute(
                update(OPINION).where(OPINION.c.case_id == case).values(
                    state="ready", form=form, sha256=digest(form)
                )
            )  # fmt: skip
        people = act.connection.execute(select(PERSON)).all()
    for row in people:
        person = Person(row.id, row.login, row.shown, frozenset(["reader"]))
        own: dict[int, float] = {}
        while True:
            with room.acting(person.id) as act:
                found = open_next(act, number, person)
                if found.place is None:
                    break
                sick = int(found.place.name[1:]) % 2
                if found.step == "first":
                    value = float(np.clip(0.3 + 0.3 * sick + rng.normal(0, 0.2), 0, 1))
                    own[found.place.id] = value
                else:
                    value = (own[found.place.id] + machine[found.place.name]) / 2
                lock_step(act, number, person, place=found.place.id, step=found.step, probability=value)


def test_there_and_back_again(place: Path, finished: Path) -> None:
    made = design(place / "cases.csv", list(READERS), place / "study")
    known = open_reader_study(made.folder, place / "room", place / "images", finished / "study")
    assert (known.readers, known.cases, known.places) == (3, CASES, 3 * CASES)
    machine = {f"k{number}": 0.15 + 0.7 * (number % 2) for number in range(CASES)}
    form = json.loads((finished / "study" / "model" / "model.json").read_text())
    other = next(one for one in form["classes"] if one != form["positive"])
    with opened(place / "room") as room:
        read_all(room, known.number, machine, form["positive"], other)
        with room.database.reading() as connection:
            assert set(connection.execute(select(CASE.c.state)).scalars()) == {"study"}
    table = collect_readings(place / "room", known.number, made.folder)
    found = import_readings(table, made.folder, truth=place / "cases.csv")
    assert "Every reader and case of the design has readings." in found.sentences
    told = analyse_readings(made.folder, pdf=False).result
    assert told["tests"]["names"] == ["alone", "aided"]
    assert told["reliance"] is not None
    gain = next(one for one in told["tests"]["differences"])
    assert abs(gain["value"]) > 0.02
    assert len(found.readings) == 2 * 3 * CASES


def test_what_cannot_be_brought(place: Path, finished: Path) -> None:
    made = design(place / "cases.csv", list(READERS), place / "study")
    with pytest.raises(UsageError, match="is not the folder of a reading room"):
        open_reader_study(made.folder, place / "nowhere", place / "images", finished / "study")
    (place / "images" / "k3.png").unlink()
    with pytest.raises(UsageError, match="1 of 24 cases have no image: k3"):
        open_reader_study(made.folder, place / "room", place / "images", finished / "study")
    with pytest.raises(UsageError, match="holds no reader study 1"):
        collect_readings(place / "room", 1, made.folder)


def test_images_by_folder_and_by_table(tmp_path: Path) -> None:
    for name in ("a.nii.gz", "b.png", "other.png"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "c").mkdir()
    for name in ("1.png", "2.png"):
        (tmp_path / "c" / name).write_bytes(b"x")
    found = images_by_case(tmp_path, ("a", "b", "c"))
    assert {case: [path.name for path in paths] for case, paths in found.items()} == {
        "a": ["a.nii.gz"], "b": ["b.png"], "c": ["1.png", "2.png"],
    }  # fmt: skip
    (tmp_path / "table.csv").write_text("case,file\na,b.png\na,other.png\n")
    assert [path.name for path in images_by_case(tmp_path / "table.csv", ("a",))["a"]] == [
        "b.png",
        "other.png",
    ]
    (tmp_path / "wrong.csv").write_text("x,y\n1,2\n")
    with pytest.raises(DataRefused, match="needs the columns case and file"):
        images_by_case(tmp_path / "wrong.csv", ())
