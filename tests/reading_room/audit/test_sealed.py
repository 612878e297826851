"""Rows that must not change: every edit of them in the store is found."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, insert, select, update

from thirdeye.reading_room.audit.sealed import altered
from thirdeye.reading_room.store.tables import DECISION, OUTCOME, READING, REVEAL, SIGNATURE


@pytest.fixture
def signed(house, read_first):
    """A room in which a case has gone the whole way; its case."""
    client, case = read_first(percent=0)
    csrf = house.token(client.get(f"/cases/{case}/opinion").text)
    client.post(f"/cases/{case}/decide", data={"csrf": csrf, "choice": "keep"})
    seal = re.search(r'name="statement" value="([0-9a-f]{64})"', client.get(f"/cases/{case}/sign").text)[1]
    client.post(f"/cases/{case}/sign", data={"csrf": csrf, "statement": seal})
    client.post(
        f"/cases/{case}/outcome",
        data={"csrf": csrf, "truth": "malignant", "proof": "histology", "on_date": ""},
    )
    return case


def problems(house) -> list[str]:
    with house.room.database.reading() as connection:
        return altered(connection)


@pytest.mark.stores
def test_what_was_not_touched_is_whole(house, signed) -> None:
    with house.room.database.reading() as connection:
        counts = [
            len(connection.execute(select(one)).all())
            for one in (READING, REVEAL, DECISION, SIGNATURE, OUTCOME)
        ]
    assert counts == [1, 1, 1, 1, 1]
    assert problems(house) == []


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (READING, {"probability": 0.9}),
        (READING, {"note": "added later"}),
        (REVEAL, {"model_sha256": "0" * 64}),
        (DECISION, {"choice": "change"}),
        (SIGNATURE, {"probability": 0.9}),
        (OUTCOME, {"truth": "healthy"}),
    ],
    ids=lambda one: getattr(one, "name", None) or "-".join(one),
)
def test_an_edit_is_found(house, signed, table, values) -> None:
    with house.room.database.writing() as connection:
        connection.execute(update(table).values(**values))
    found = problems(house)
    assert found[0] == f"{table.name} 1 is not as it was entered, or was never entered"
    assert re.fullmatch(rf"the {table.name} of entry \d+ is missing or was changed", found[1])


def test_a_row_taken_out_is_found(house, signed) -> None:
    with house.room.database.writing() as connection:
        connection.execute(delete(OUTCOME))
    (found,) = problems(house)
    assert re.fullmatch(r"the outcome of entry \d+ is missing or was changed", found)


def test_a_row_put_in_is_found(house, signed) -> None:
    with house.room.database.writing() as connection:
        row = dict(connection.execute(select(OUTCOME)).one()._mapping) | {"id": 2, "truth": "healthy"}
        connection.execute(insert(OUTCOME).values(**row))
    assert problems(house) == ["outcome 2 is not as it was entered, or was never entered"]
