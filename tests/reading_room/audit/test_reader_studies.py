"""Reader studies in the store: whatever is done to their rows is found."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import delete, func, insert, select, update

from thirdeye.case.opinion import Opinion
from thirdeye.evaluation.readers.lists import reading_lists
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.reader_studies import altered_studies
from thirdeye.reading_room.audit.verify import verify
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.reader_studies.enter import enter_reader_study
from thirdeye.reading_room.reader_studies.lists import Lists
from thirdeye.reading_room.reader_studies.read import close_study, lock_step, open_next
from thirdeye.reading_room.store.tables import AUDIT, OPINION, PLACE, READER_STUDY, STUDY, STUDY_READING

CASES = ("c1", "c2")


@pytest.fixture
def read(house, tmp_path):
    """A room in which one reader has read the first place of a reader study; number of the study."""
    slots = reading_lists(CASES, ["reader", "other"], design="reader_first", seed=3)
    lists = Lists("a study", "reader_first", 0, slots, digest(["a study"]))
    for case in CASES:
        (tmp_path / f"{case}.png").write_bytes(case.encode())
    files = {case: [tmp_path / f"{case}.png"] for case in CASES}
    number = enter_reader_study(house.room, lists, files, study=house.study)
    ready(house)
    with house.room.acting(house.people["reader"]) as act:
        person = Person(house.people["reader"], "reader", "reader", frozenset(["reader"]))
        place = open_next(act, number, person).place.id
    for step, probability in (("first", 1), ("final", 0.25)):
        with house.room.acting(person.id) as act:
            lock_step(
                act, number, person, place=place, step=step, probability=probability,
                marks=[{"kind": "point", "at": [1, 2.5]}], note="seen",
            )  # fmt: skip
    return number


def ready(house) -> None:
    """The opinions of all cases are there."""
    with house.room.acting(None) as act:
        row = act.connection.execute(select(STUDY).where(STUDY.c.id == house.study)).one()
        given = {one: float(one == row.positive) for one in row.classes}
        said = Opinion("image 1", "binary", given, positive=row.positive, predicted=row.positive).as_json()
        values = {"state": "ready", "form": said, "sha256": digest(said), "made_at": act.at}
        act.connection.execute(update(OPINION).values(**values))


def problems(house) -> list[str]:
    with house.room.database.reading() as connection:
        return altered_studies(connection)


def change(house, statement) -> None:
    with house.room.database.writing() as connection:
        connection.execute(statement)


@pytest.mark.stores
def test_what_was_not_touched_is_whole(house, read) -> None:
    with house.room.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(STUDY_READING)).scalar_one() == 2
        assert verify(connection, house.room.key).problems == ()
    with house.room.acting(None) as act:
        close_study(act, read)
    assert problems(house) == []


@pytest.mark.parametrize(
    "values",
    [
        {"probability": 0.9},
        {"note": "added later"},
        {"marks": []},
        {"seconds": 0.5},
        {"opinion_sha256": None},
        {"step": "other"},
        {"sha256": "0" * 64},
        {"place_id": 2},
        {"locked_at": "2040-01-01T00:00:00.000000Z"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_an_edited_step_is_found_and_named(house, read, values) -> None:
    change(house, update(STUDY_READING).where(STUDY_READING.c.id == 2).values(**values))
    found = problems(house)
    assert found[0] == "study_reading 2 is not as it was locked, or was never locked"
    if "sha256" not in values:
        assert re.fullmatch(r"the study_reading of entry \d+ is missing or was changed", found[-1])
    with house.room.database.reading() as connection:
        assert set(found) <= set(verify(connection, house.room.key).problems)


def test_a_step_taken_out_or_put_in_is_found(house, read) -> None:
    with house.room.database.reading() as connection:
        row = connection.execute(select(STUDY_READING).where(STUDY_READING.c.id == 2)).one()
    change(house, delete(STUDY_READING).where(STUDY_READING.c.id == 2))
    (found,) = problems(house)
    assert re.fullmatch(r"the study_reading of entry \d+ is missing or was changed", found)
    change(house, insert(STUDY_READING).values(**row._asdict()))
    assert problems(house) == []
    change(house, insert(STUDY_READING).values(**row._asdict() | {"id": 3, "place_id": 2, "step": "first"}))
    assert problems(house) == ["study_reading 3 is not as it was locked, or was never locked"]


@pytest.mark.parametrize("values", [{"arm": "aided"}, {"name": "c9"}, {"reader": "nobody"}, {"session": 7}])
def test_a_place_that_was_changed_is_found(house, read, values) -> None:
    """Its arm, its case, whose it is: what the steps are counted under."""
    for opened in (True, False):
        with house.room.database.reading() as connection:
            rows = connection.execute(select(PLACE).order_by(PLACE.c.id)).all()
        row = next(one for one in rows if (one.opened_at is not None) == opened)
        if set(values.items()) <= set(row._asdict().items()):
            continue
        change(house, update(PLACE).where(PLACE.c.id == row.id).values(**values))
        assert f"reader_study {read} or its lists are not as they were entered" in problems(house)
        change(house, update(PLACE).where(PLACE.c.id == row.id).values(**row._asdict()))
        assert problems(house) == []


def test_a_place_that_was_opened_is_not_closed_again(house, read) -> None:
    change(house, update(PLACE).values(opened_at=None))
    assert any(
        re.fullmatch(r"the place of entry \d+ is missing or was changed", one) for one in problems(house)
    )


@pytest.mark.parametrize("values", [{"washout_days": 3}, {"design": "concurrent"}, {"sha256": "0" * 64}])
def test_a_study_that_was_changed_is_found(house, read, values) -> None:
    change(house, update(READER_STUDY).values(**values))
    assert problems(house) == [f"reader_study {read} or its lists are not as they were entered"]


def test_a_study_closed_in_the_store_is_found(house, read) -> None:
    change(house, update(READER_STUDY).values(closed_at="2040-01-01T00:00:00.000000Z"))
    assert problems(house) == [f"reader_study {read} is not closed as the audit says"]


def test_a_study_that_was_entered_by_an_earlier_version_is_looked_at_too(house, read) -> None:
    """Its entry does not seal the lists; its steps are sealed all the same."""
    with house.room.database.reading() as connection:
        entry = connection.execute(select(AUDIT).where(AUDIT.c.action == "reader_study.entered")).one()
    detail = json.loads(entry.detail)
    del detail["lists_sha256"]
    change(house, update(AUDIT).where(AUDIT.c.seq == entry.seq).values(detail=json.dumps(detail)))
    assert problems(house) == []
    change(house, update(STUDY_READING).where(STUDY_READING.c.id == 1).values(probability=0.4))
    assert problems(house)[0] == "study_reading 1 is not as it was locked, or was never locked"
