"""From signed cases of a room to a dataset, a plan and an acceptance test."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert, select

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.acceptance import Margins
from thirdeye.journey.checking import check
from thirdeye.journey.rooms.changing import ACCEPTANCE_FILE, accept, plan_a_change
from thirdeye.journey.rooms.opened import opened
from thirdeye.journey.rooms.retraining_cases import retraining_cases
from thirdeye.reading_room.arrivals.enter import pseudonym
from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.retraining.changes import changes, versions
from thirdeye.reading_room.retraining.eligible import part_of
from thirdeye.reading_room.room import KEY_FILE, Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import AUDIT, CASE, FROZEN, OUTCOME, PERSON

NAME = "ZZPLANTEDNAME"
PATIENTS = 60


def picture(number: int, *, sick: bool) -> np.ndarray:
    """As the small study has learnt from."""
    rng = np.random.default_rng(number)
    rows, columns = np.mgrid[:40, :40]
    pixels = rng.normal(90, 25, (40, 40))
    if sick:
        pixels += 70 * np.exp(-((rows - 20) ** 2 + (columns - 20) ** 2) / 20)
    return pixels.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def made(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room with sixty closed cases, most of whose patients consented, and some that do not count."""
    place = tmp_path_factory.mktemp("retraining")
    (place / "room").mkdir()
    (place / "room" / KEY_FILE).write_bytes(bytes(range(32)))  # the same patients are kept in every run
    room = Room.open(Settings(folder=place / "room", studies=(finished / "study",)))
    (study,) = enter_studies(room)
    classes = json.loads((finished / "study" / "model" / "model.json").read_text())
    healthy = next(one for one in classes["classes"] if one != classes["positive"])
    lines = ["patient_id,scope,date,withdrawn"]
    with room.acting(None) as act:
        act.connection.execute(
            insert(PERSON).values(id=1, login="a", shown="A", roles="reader", disabled=False, made_at=act.at)
        )
    for number in range(PATIENTS + 4):
        sick = number % 2 == 0
        path = place / f"{NAME}-{number}.png"
        Image.fromarray(picture(number, sick=sick)).save(path)
        who = f"{NAME}-{number}"
        case = take_in(room, study, Arrival(files=[path], patient=pseudonym(room, who), source="upload",
                                            identity={"id": who}))  # fmt: skip
        path.unlink()
        if number > 0:
            withdrawn = "2025-06-01" if number == 1 else ""
            lines.append(f"{who},{'teaching' if number == 2 else 'research'},2025-01-01,{withdrawn}")
        with room.acting(None) as act:
            if number == PATIENTS:
                continue  # never decided
            act.connection.execute(CASE.update().where(CASE.c.id == case).values(state="closed"))
            act.connection.execute(insert(OUTCOME).values(
                case_id=case, person_id=1, truth=classes["positive"] if sick else healthy, at=act.at,
                proof="other" if number == PATIENTS + 1 else "histology",
            ))  # fmt: skip
    (place / "consent.csv").write_text("\n".join(lines) + "\n")
    room.close()
    return place


def write(made: Path, finished: Path, out: Path, **more):
    return retraining_cases(made / "room", finished / "study", made / "consent.csv", out, scope="research",
                            look="trust", **more)  # fmt: skip


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_consented_and_proven_cases_become_a_dataset(made: Path, finished: Path, tmp_path: Path) -> None:
    train = write(made, finished, tmp_path / "train")
    frozen = write(made, finished, tmp_path / "frozen", frozen=True)
    assert train.cases + frozen.cases == PATIENTS + 4 - 5
    assert train.left_out == {"open": 1, "unproven": 1, "no_consent": 1, "withdrawn": 1, "other_purpose": 1}
    sides = [{row["patient"] for row in table(tmp_path / name)} for name in ("train", "frozen")]
    assert not sides[0] & sides[1]
    assert 6 <= len(sides[1]) <= 18  # a fifth of 59
    seen = check(tmp_path / "train")
    assert not seen.refused
    assert seen.collection.rows["label"].value_counts().to_dict() == dict(train.labels)
    assert set(seen.collection.rows["patient"]) == sides[0]
    with opened(made / "room") as room, room.database.reading() as connection:
        assert len(connection.execute(select(FROZEN)).all()) == frozen.cases
        assert all(part_of(room, patient) == "frozen" for patient in sides[1])


def test_no_identity_goes_along(made: Path, finished: Path, tmp_path: Path) -> None:
    write(made, finished, tmp_path / "train")
    for path in tmp_path.rglob("*"):
        assert NAME not in path.name
        assert path.is_dir() or NAME.encode() not in path.read_bytes()
    with opened(made / "room") as room, room.database.reading() as connection:
        assert NAME not in "".join(connection.execute(select(AUDIT.c.detail)).scalars())


def test_nothing_without_consent(made: Path, finished: Path, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("patient_id,date\nsomebody,2025-01-01\n")
    with pytest.raises(DataRefused, match="no consent"):
        retraining_cases(made / "room", finished / "study", tmp_path / "none.csv", tmp_path / "out")


@pytest.fixture
def other(finished: Path, tmp_path: Path) -> Path:
    """Another model: the same network with another calibration."""
    shutil.copytree(finished / "study", tmp_path / "new")
    path = tmp_path / "new" / "model" / "model.json"
    form = json.loads(path.read_text())
    form["plan_sha256"] = "0" * 64
    path.write_text(json.dumps(form))
    return tmp_path / "new"


def test_a_change_is_planned_tested_and_on_record(made, finished, other, tmp_path) -> None:
    write(made, finished, tmp_path / "frozen", frozen=True)
    number, plan = plan_a_change(
        made / "room", finished / "study", tmp_path / "frozen", what="More cases", why="Drift was seen",
        margins=Margins(sensitivity=0.9, specificity=0.9, fewest=10),
    )  # fmt: skip
    assert plan["margins"]["fewest"] == 10
    result = accept(made / "room", number, other, finished / "study", tmp_path / "frozen")
    assert [one["difference"]["value"] for one in result["criteria"]] == [0, 0, 0, 0]
    assert all(one["passed"] for one in result["criteria"])
    assert result["passed"] == result["enough"]
    assert json.loads((other / ACCEPTANCE_FILE).read_text())["change"] == number
    with opened(made / "room", studies=[other]) as room:
        enter_studies(room)
        with room.database.reading() as connection:
            known = changes(connection)[0]
            assert known["change"].plan == plan
            assert known["tests"][0].passed == result["passed"]
            assert versions(connection)[0]["tests"] == 1


def test_what_was_planned_cannot_move(made, finished, other, tmp_path) -> None:
    write(made, finished, tmp_path / "frozen", frozen=True)
    number, _ = plan_a_change(
        made / "room", finished / "study", tmp_path / "frozen", what="More cases", why="Drift"
    )
    old = finished / "study"
    with pytest.raises(UsageError, match="holds the old model"):
        accept(made / "room", number, old, old, tmp_path / "frozen")
    with pytest.raises(UsageError, match="is not the one that the plan is about"):
        accept(made / "room", number, old, other, tmp_path / "frozen")
    with pytest.raises(UsageError, match="knows no change 99"):
        accept(made / "room", 99, other, old, tmp_path / "frozen")
    path = tmp_path / "frozen" / "cases.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(UsageError, match="are not those of the plan"):
        accept(made / "room", number, other, old, tmp_path / "frozen")
    with pytest.raises(UsageError, match="says what changes"):
        plan_a_change(made / "room", old, tmp_path / "frozen", what=" ", why="x")


def test_a_model_that_learnt_from_frozen_patients_is_not_tested(made, finished, other, tmp_path) -> None:
    write(made, finished, tmp_path / "frozen", frozen=True)
    number, _ = plan_a_change(
        made / "room", finished / "study", tmp_path / "frozen", what="More cases", why="Drift"
    )
    rows = (other / "dataset.csv").read_text().splitlines()
    at = rows[0].split(",").index("patient")
    first = rows[1].split(",")
    first[at] = table(tmp_path / "frozen")[0]["patient"]
    split = rows[0].split(",").index("split")
    first[split] = "train"
    (other / "dataset.csv").write_text("\n".join([rows[0], ",".join(first), *rows[2:]]) + "\n")
    with pytest.raises(DataRefused, match="learnt from 1 of the frozen patients"):
        accept(made / "room", number, other, finished / "study", tmp_path / "frozen")
