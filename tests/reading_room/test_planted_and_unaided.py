"""Planted known-wrong cases and readings without the machine."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from thirdeye.reading_room.store.tables import (
    ASSIGNMENT,
    CASE,
    DECISION,
    OPINION,
    PLANTED,
    REVEAL,
    SHOWN,
    STUDY,
)
from thirdeye.reading_room.workflow.planted import known_wrong, wrong
from thirdeye.reading_room.workflow.policy import Policy


def _policy(house, **values) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(update(STUDY).values(policy=Policy(**values).as_json()))


def _rows(house, table):
    with house.room.database.reading() as connection:
        return connection.execute(select(table)).all()


def _decided(house, client, case, **form):
    page = client.get(f"/cases/{case}/opinion").text
    return client.post(f"/cases/{case}/decide", data={"csrf": house.token(page), "choice": "keep", **form})


def _closed_and_wrong(house, read_first) -> str:
    """A case that "other" has signed, and on which the machine was wrong."""
    client, case = read_first("other", percent=50)
    _decided(house, client, case)
    page = client.get(f"/cases/{case}/sign").text
    seal = re.search(r'name="statement" value="(\w+)"', page)[1]
    csrf = house.token(page)
    client.post(f"/cases/{case}/sign", data={"csrf": csrf, "statement": seal})
    form = next(one.form for one in _rows(house, OPINION) if one.case_id == case)
    truth = next(name for name in form["probabilities"] if wrong(form, name))
    answer = client.post(f"/cases/{case}/outcome", data={"csrf": csrf, "truth": truth, "proof": "histology"})
    assert answer.status_code == 303
    return case


@pytest.fixture
def planted_case(house, read_first, monkeypatch) -> str:
    """A planted case that waits for "reader"."""
    _closed_and_wrong(house, read_first)
    _policy(house, planted=0.2)
    monkeypatch.setattr("thirdeye.reading_room.workflow.planted._CHANCE.random", lambda: 0.0)
    read_first("reader", percent=30)
    (entry,) = _rows(house, PLANTED)
    return entry.case_id


def _read(house, case, *, login="reader", percent=30):
    client = house.client(login)
    csrf = house.token(client.get("/").text)
    for step in ("take", "check"):
        assert client.post(f"/cases/{case}/{step}", data={"csrf": csrf}).status_code == 303
    client.get(f"/cases/{case}/read")
    form = {"csrf": csrf, "probability_percent": percent}
    assert client.post(f"/cases/{case}/lock", data=form).status_code == 303
    return client


def test_a_planted_case_waits_for_one_reader_alone(house, planted_case) -> None:
    house.person("third", "reader")
    assert planted_case in house.client("reader").get("/").text
    for login in ("other", "third"):
        client = house.client(login)
        assert planted_case not in client.get("/").text
        csrf = house.token(client.get("/").text)
        assert client.post(f"/cases/{planted_case}/take", data={"csrf": csrf}).status_code == 404


def test_nothing_tells_a_planted_case_before_the_decision(house, planted_case) -> None:
    client = _read(house, planted_case)
    for path in ("check", "read", "opinion"):
        assert "planted case" not in client.get(f"/cases/{planted_case}/{path}").text.lower()
    assert client.get(f"/cases/{planted_case}/disclosure").status_code == 404


def test_a_planted_case_shows_what_the_machine_truly_said(house, planted_case) -> None:
    _read(house, planted_case).get(f"/cases/{planted_case}/opinion")
    (entry,) = _rows(house, PLANTED)
    seals = {one.case_id: one.sha256 for one in _rows(house, OPINION)}
    assert seals[planted_case] == seals[entry.origin_id]
    assert planted_case in [one.case_id for one in _rows(house, REVEAL)]


def test_it_is_disclosed_after_the_decision_and_never_signed(house, planted_case) -> None:
    client = _read(house, planted_case)
    answer = _decided(house, client, planted_case, choice="contest", reason="nothing there")
    assert answer.headers["location"] == f"/cases/{planted_case}/disclosure"
    page = client.get(f"/cases/{planted_case}/disclosure").text
    assert "This was a planted case" in page
    assert "histology" in page
    away = client.get(f"/cases/{planted_case}/sign")
    assert away.headers["location"] == f"/cases/{planted_case}/disclosure"
    forced = {"csrf": house.token(page), "statement": "0" * 64}
    assert client.post(f"/cases/{planted_case}/sign", data=forced).status_code == 409
    (entry,) = _rows(house, PLANTED)
    states = {one.id: one.state for one in _rows(house, CASE)}
    assert states[planted_case] == "closed"
    assert entry.truth in page
    assert "disclosure" in {one.kind for one in _rows(house, SHOWN)}
    assert planted_case not in client.get("/outcomes").text
    csrf = house.token(client.get("/").text)
    form = {"csrf": csrf, "truth": entry.truth, "proof": "other"}
    assert client.post(f"/cases/{planted_case}/outcome", data=form).status_code == 404


def test_nobody_is_planted_what_they_have_read(house, read_first) -> None:
    case = _closed_and_wrong(house, read_first)
    with house.room.database.reading() as connection:
        from thirdeye.reading_room.people.person import Person

        pools = {
            login: known_wrong(
                connection, Person(house.people[login], login, login, frozenset()), house.study
            )
            for login in ("other", "reader")
        }
    assert pools["other"] == []
    assert [name for name, _ in pools["reader"]] == [case]


def test_nothing_is_planted_by_default(house, read_first) -> None:
    _closed_and_wrong(house, read_first)
    read_first("reader")
    assert _rows(house, PLANTED) == []


@pytest.mark.parametrize(
    ("form", "truth", "expected"),
    [
        ({"abstained": "too dark"}, "ill", False),
        ({"abstained": None, "probabilities": {}}, "ill", False),
        ({"positive": "ill", "verdicts": [{"positive": True}]}, "ill", False),
        ({"positive": "ill", "verdicts": [{"positive": True}]}, "well", True),
        ({"positive": "ill", "verdicts": [{"positive": False}]}, "ill", True),
        ({"predicted": "a"}, "a", False),
        ({"predicted": "a"}, "b", True),
        ({"task": "multilabel", "predicted": "a"}, "b", False),
    ],
)
def test_what_counts_as_wrong(form, truth, expected) -> None:
    whole = {"abstained": None, "probabilities": {"a": 1.0}, "task": "x", "positive": None, "verdicts": []}
    assert wrong(whole | form, truth) is expected


def test_each_second_case_is_read_without_the_machine(house, read_first) -> None:
    _policy(house, unaided_every=2)
    first, aided = read_first(percent=30)
    _decided(house, first, aided)
    client, alone = read_first(percent=40)
    parts = {one.case_id: one.part for one in _rows(house, ASSIGNMENT)}
    assert (parts[aided], parts[alone]) == ("first", "unaided")
    page = client.get(f"/cases/{alone}/opinion")
    assert "read without the machine" in page.text
    assert [one.case_id for one in _rows(house, REVEAL)] == [aided]
    assert {one.case_id: one.choice for one in _rows(house, DECISION)} == {aided: "keep", alone: "alone"}
    signing = client.get(f"/cases/{alone}/sign").text
    assert "No model was shown" in signing
    assert client.get(f"/cases/{alone}/opinion/pictures/plain.png").status_code == 404


def test_an_unaided_reading_is_not_told_before_it_is_locked(house, read_first) -> None:
    _policy(house, unaided_every=1)
    client, case = read_first(lock=False)
    for path in ("check", "read"):
        assert "without the machine" not in client.get(f"/cases/{case}/{path}").text
    assert client.get(f"/cases/{case}/opinion").status_code == 403
