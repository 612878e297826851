"""Sessions end: by silence, by age, and at once when they should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from thirdeye.reading_room.people.accounts import add_person, person_of
from thirdeye.reading_room.people.sessions import begin, end, session_of, sessions_of
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import PERSON, SESSION

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path):
    settings = Settings(folder=tmp_path / "room", idle_s=600, session_s=3600)
    opened = Room.open(settings)
    with opened.acting(None) as act:
        add_person(act, login="ada", shown="Ada", password=None, roles=["reader"])
    yield replace(opened, clock=lambda: START)
    opened.close()


@pytest.fixture
def token(room: Room) -> str:
    with room.acting(1) as act:
        return begin(act, person_of(act.connection.execute(select(PERSON)).one()))


def later(room: Room, seconds: float) -> Room:
    return replace(room, clock=lambda: START + timedelta(seconds=seconds))


def test_silence_ends_a_session(room, token) -> None:
    assert session_of(later(room, 599), token) is not None
    assert session_of(later(room, 599 + 601), token) is None


def test_use_keeps_a_session_but_not_for_ever(room, token) -> None:
    for seconds in range(500, 3600, 500):
        assert session_of(later(room, seconds), token) is not None
    assert session_of(later(room, 3599), token) is not None
    assert session_of(later(room, 3601), token) is None
    with room.database.reading() as connection:
        assert sessions_of(connection, later(room, 3601), 1) == []


def test_an_ended_session_is_gone(room, token) -> None:
    with room.acting(1) as act:
        end(act, token)
    assert session_of(room, token) is None


def test_the_cookie_itself_is_nowhere(room, token) -> None:
    with room.database.reading() as connection:
        row = connection.execute(select(SESSION)).one()
    assert token not in row
    assert session_of(room, row.token_sha256) is None
    for file in room.settings.folder.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()


@pytest.mark.parametrize("forged", ["", "x", "é", "\x00", "a" * 100_000, "' OR 1=1 --"])
def test_a_made_up_cookie_is_nobody(room, token, forged) -> None:
    assert session_of(room, forged) is None


def test_old_rows_are_swept(room, token) -> None:
    with later(room, 31 * 86400).acting(1) as act:
        begin(act, person_of(act.connection.execute(select(PERSON)).one()))
    with room.database.reading() as connection:
        assert len(connection.execute(select(SESSION)).all()) == 1
