"""Two at once: exactly one wins, the audit is whole, nothing breaks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from thirdeye.reading_room.audit.verify import verify
from thirdeye.reading_room.people.first_start import one_time_secret
from thirdeye.reading_room.people.invitations import invite
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import (
    ASSIGNMENT,
    CASE,
    DECISION,
    OUTCOME,
    PERSON,
    READING,
    REVEAL,
    SHOWN,
    SIGNATURE,
)

pytestmark = [
    pytest.mark.stores,  # what FastAPI silences itself, but not where two threads open one route first
    pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning"),
]
PASSWORD = "correct horse battery"
AT_ONCE = 4


def at_once(*requests: Callable[[], Any]) -> list[int]:
    """The statuses of requests that start together, sorted."""
    start, statuses = threading.Barrier(len(requests)), []

    def go(request: Callable[[], Any]) -> None:
        start.wait(20)
        statuses.append(request().status_code)

    threads = [threading.Thread(target=go, args=(one,)) for one in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def whole(house) -> bool:
    with house.room.database.reading() as connection:
        return verify(connection, house.room.key).whole


def counted(house, table) -> int:
    with house.room.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def token(house, client) -> str:
    return house.token(client.get("/account").text)


def several(house, client, path: str, form: dict[str, Any]) -> list[Callable[[], Any]]:
    """The same form several times, from browsers with the same session."""
    csrf = token(house, client)
    return [lambda one=one: one.post(path, data={"csrf": csrf, **form}) for one in browsers_of(house, client)]


def browsers_of(house, client=None) -> list[Any]:
    """Browsers that have opened a page, with the session of another one."""
    browsers = [house.client() for _ in range(AT_ONCE)]
    for browser in browsers:
        if client is not None:
            browser.cookies.update(client.cookies)
        assert browser.get("/welcome").status_code == 200  # an application is made at its first request
    return browsers


def test_two_readers_take_one_case(house, tmp_path) -> None:
    case = house.case(tmp_path, opinion=False)
    clients = [house.client(login) for login in ("reader", "other")]
    forms = [{"csrf": token(house, one)} for one in clients]
    asked = [
        lambda one=one, form=form: one.post(f"/cases/{case}/take", data=form)
        for one, form in zip(clients, forms, strict=True)
    ]
    assert at_once(*asked) == [303, 404]
    assert counted(house, ASSIGNMENT) == 1
    assert whole(house)


def test_a_reading_is_locked_once(house, read_first) -> None:
    client, case = read_first(lock=False)
    asked = several(house, client, f"/cases/{case}/lock", {"probability_percent": 30})
    assert at_once(*asked) == [303] + [409] * (AT_ONCE - 1)
    assert counted(house, READING) == 1
    assert house.audited().count("reading.locked") == 1
    assert whole(house)


def test_the_opinion_is_never_shown_before_the_lock_that_it_races_with(house, read_first) -> None:
    client, case = read_first(lock=False)
    (lock, *_) = several(house, client, f"/cases/{case}/lock", {"probability_percent": 30})
    looks = [lambda one=one: one.get(f"/cases/{case}/opinion") for one in browsers_of(house, client)]
    statuses = at_once(lock, *looks)
    assert statuses.count(303) == 1
    assert set(statuses) <= {200, 303, 403}
    said = house.audited()
    if "opinion.revealed" in said:
        assert said.index("reading.locked") < said.index("opinion.revealed")
    assert said.count("opinion.revealed") <= 1
    assert whole(house)


def test_what_is_shown_several_times_at_once_is_kept_once(house, read_first) -> None:
    client, case = read_first()
    asked = [lambda one=one: one.get(f"/cases/{case}/opinion") for one in browsers_of(house, client)]
    assert at_once(*asked) == [200] * AT_ONCE
    assert (counted(house, REVEAL), counted(house, SHOWN)) == (1, 1)
    assert whole(house)


def test_a_case_is_decided_signed_and_closed_once(house, read_first) -> None:
    client, case = read_first()
    client.get(f"/cases/{case}/opinion")
    asked = several(house, client, f"/cases/{case}/decide", {"choice": "keep"})
    assert at_once(*asked) == [303] + [409] * (AT_ONCE - 1)
    assert counted(house, DECISION) == 1
    seal = re.search(r'name="statement" value="(\w+)"', client.get(f"/cases/{case}/sign").text)[1]
    asked = several(house, client, f"/cases/{case}/sign", {"statement": seal})
    assert at_once(*asked) == [303] + [409] * (AT_ONCE - 1)
    assert counted(house, SIGNATURE) == 1
    page = client.get(f"/cases/{case}/outcome").text
    truth = house.reader.manifest.classes[0]
    assert truth in page
    asked = several(house, client, f"/cases/{case}/outcome", {"truth": truth, "proof": "histology"})
    assert at_once(*asked) == [303] * AT_ONCE  # outcomes are added; the last counts
    assert counted(house, OUTCOME) == AT_ONCE
    assert whole(house)


def test_a_case_is_not_given_back_and_locked(house, read_first) -> None:
    client, case = read_first(lock=False)
    (lock, *_) = several(house, client, f"/cases/{case}/lock", {"probability_percent": 30})
    (back, *_) = several(house, client, f"/cases/{case}/release", {})
    statuses = at_once(lock, back)
    assert statuses in ([303, 404], [303, 409])
    with house.room.database.reading() as connection:
        state = connection.execute(select(CASE.c.state)).scalar_one()
    assert (state, counted(house, READING)) in (("locked", 1), ("waiting", 0))
    assert whole(house)


def test_a_one_time_secret_is_of_use_once(house) -> None:
    with house.room.acting(None) as act:
        secret = invite(act, house.people["other"])
    asked = [
        lambda one=one, number=number: one.post(
            "/welcome", data={"secret": secret, "password": f"a new long password {number}"}
        )
        for number, one in enumerate(browsers_of(house))
    ]
    assert at_once(*asked) == [303] + [403] * (AT_ONCE - 1)
    assert house.audited().count("password.set") == 1
    assert whole(house)


def test_there_is_one_first_administrator(house, tmp_path) -> None:
    room = Room.open(Settings(folder=tmp_path / "new", hosts=("localhost",)))
    mine, house.room = house.room, room
    try:
        secret = one_time_secret(room)
        asked = [
            lambda one=one, number=number: one.post(
                "/first-start",
                data={"secret": secret, "login": f"a{number}", "shown": "A", "password": PASSWORD},
            )
            for number, one in enumerate(browsers_of(house))
        ]
        assert at_once(*asked) == [303] + [403] * (AT_ONCE - 1)
        assert counted(house, PERSON) == 1
        assert whole(house)
    finally:
        room.close()
        house.room = mine


def test_a_planted_cookie_is_not_taken_on_at_sign_in(house) -> None:
    client = house.client()
    client.cookies.set("room", "planted-by-somebody-else", domain="localhost.local", path="/")
    answer = client.post("/sign-in", data={"login": "reader", "password": PASSWORD})
    given = re.search(r"room=([^;]+)", answer.headers["set-cookie"])[1]
    assert given != "planted-by-somebody-else"
    assert len(given) >= 43
    stranger = house.client()
    stranger.cookies.set("room", "planted-by-somebody-else", domain="localhost.local", path="/")
    assert stranger.get("/account").status_code == 303
