"""Concurrent reading: the opinion may be seen first; every screen, the statement and the figures say so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from thirdeye.reading_room.monitoring.rows import watched
from thirdeye.reading_room.store.tables import READING, REVEAL, STUDY
from thirdeye.reading_room.workflow.policy import Policy

LABEL = "Concurrent reading"


@pytest.fixture
def concurrent(house) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(update(STUDY).values(policy=Policy(lock_first=False).as_json()))


def test_the_whole_way_with_the_opinion_in_view(house, concurrent, read_first) -> None:
    client, case = read_first(lock=False)
    assert LABEL in client.get(f"/cases/{case}/check").text
    reading = client.get(f"/cases/{case}/read").text
    assert LABEL in reading
    assert f'href="/cases/{case}/opinion"' in reading
    shown = client.get(f"/cases/{case}/opinion")
    assert LABEL in shown.text
    assert f'action="/cases/{case}/lock"' in shown.text
    assert f'action="/cases/{case}/decide"' not in shown.text
    csrf = house.token(shown.text)
    client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 20})
    after = client.get(f"/cases/{case}/opinion").text
    assert f'action="/cases/{case}/decide"' in after
    client.post(f"/cases/{case}/decide", data={"csrf": csrf, "choice": "keep"})
    statement = client.get(f"/cases/{case}/sign").text
    assert statement.count(LABEL) == 2
    assert "without the machine" not in statement
    seal = re.search(r'name="statement" value="(\w+)"', statement)[1]
    client.post(f"/cases/{case}/sign", data={"csrf": csrf, "statement": seal})
    assert client.get(f"/cases/{case}/sign").text.count(LABEL) == 2
    with house.room.database.reading() as connection:
        assert (
            connection.execute(select(REVEAL.c.at)).scalar()
            <= connection.execute(select(READING.c.locked_at)).scalar()
        )
        assert watched(connection, house.study) == []


def test_where_the_doctor_decides_first_nothing_says_concurrent(house, read_first) -> None:
    client, case = read_first()
    for path in ("check", "read", "opinion"):
        assert LABEL not in client.get(f"/cases/{case}/{path}").text
    with house.room.database.reading() as connection:
        assert len(watched(connection, house.study)) == 1
