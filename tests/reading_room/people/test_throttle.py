"""Guessing passwords is slow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from thirdeye.reading_room.people import throttle
from thirdeye.reading_room.people.throttle import admit, forget, wait_s
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def room(tmp_path):
    opened = Room.open(Settings(folder=tmp_path / "room"))
    yield opened
    opened.close()


def at(room: Room, seconds: float) -> Room:
    return replace(room, clock=lambda: START + timedelta(seconds=seconds))


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_s(n) for n in range(4, 13)] == [0, 15, 30, 60, 120, 240, 480, 900, 900]
    assert wait_s(10**9) == 900


def test_a_name_waits_after_five_failures_and_others_do_not(room) -> None:
    assert [admit(at(room, n), "ada") for n in range(5)] == [0] * 5
    assert admit(at(room, 5), "ADA ") == 15
    assert admit(at(room, 5), "grace") == 0
    assert admit(at(room, 4 + 15.1), "ada") == 0
    assert admit(at(room, 20), "ada") == 30


def test_a_success_and_a_day_are_forgiven(room) -> None:
    for n in range(5):
        admit(at(room, n), "ada")
        admit(at(room, n), "grace")
    with room.acting(None) as act:
        forget(act, room, "Ada")
    assert admit(at(room, 6), "ada") == 0
    assert admit(at(room, 6), "grace") > 0
    assert [admit(at(room, 90_000 + n), "grace") for n in range(5)] == [0] * 5


def test_a_hundred_at_once_gain_nothing(room) -> None:
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: admit(at(room, 0), "ada"), range(100)))
    assert waits.count(0) == throttle.FREE


def test_the_name_that_was_typed_is_not_kept(room, tmp_path) -> None:
    admit(room, "MyPasswordTypedByMistake")
    room.close()
    for file in (tmp_path / "room").rglob("*"):
        assert not file.is_file() or b"mypasswordtyped" not in file.read_bytes().lower()


def test_the_screen_says_how_long(house) -> None:
    client = house.client()
    wrong = {"login": "reader", "password": "wrong horse battery"}
    assert [client.post("/sign-in", data=wrong).status_code for _ in range(6)] == [403] * 5 + [429]
    right = client.post("/sign-in", data={"login": "reader", "password": "correct horse battery"})
    assert right.status_code == 429
    assert 1 <= int(right.headers["retry-after"]) <= 16
    assert "Wait 1 min" in right.text
    assert house.audited().count("session.refused") == 5
