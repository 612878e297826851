"""The worklist: its order is that of urgency and arrival; the machine's only where the study says so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, OPINION, STUDY
from thirdeye.reading_room.workflow.hand_back import let_go_on, prioritise, release, wrong
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.worklist import Wanted, worklist


def _person(house, login: str = "reader") -> Person:
    return Person(house.people[login], login, login, frozenset(["reader"]))


def _listed(house, **wanted) -> list[str]:
    with house.room.database.reading() as connection:
        return [row.id for row in worklist(connection, _person(house), Wanted(**wanted)).rows]


def _estimate(house, case: str, value: float) -> None:
    with house.room.acting(None) as act:
        (form,) = act.connection.execute(select(OPINION.c.form).where(OPINION.c.case_id == case)).one()
        told = {**form, "probabilities": {"malignant": value, "healthy": 1 - value}}
        act.connection.execute(update(OPINION).where(OPINION.c.case_id == case).values(form=told))


def _set_policy(house, **policy) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(update(STUDY).values(policy=Policy(**policy).as_json()))


def test_the_order_is_urgency_and_arrival_never_the_machines(house, tmp_path) -> None:
    cases = [house.case(tmp_path) for _ in range(3)]
    for case, value in zip(cases, (0.2, 0.9, 0.5), strict=True):
        _estimate(house, case, value)
    assert _listed(house) == cases
    with house.room.acting(house.people["reader"]) as act:
        prioritise(act, cases[2], _person(house), 2)
    assert _listed(house) == [cases[2], cases[0], cases[1]]
    assert _listed(house, priority=1) == [cases[2]]
    assert _listed(house, modality="CT") == []


def test_triage_orders_by_the_machine_and_says_so_without_the_estimate(house, tmp_path) -> None:
    cases = [house.case(tmp_path) for _ in range(3)]
    for case, value in zip(cases, (0.21, 0.91, 0.51), strict=True):
        _estimate(house, case, value)
    before = house.client("reader").get("/").text
    assert "machine" not in re.sub(r"<footer.*", "", before, flags=re.S).lower()
    _set_policy(house, triage=True)
    assert _listed(house) == [cases[1], cases[2], cases[0]]
    shown = house.client("reader").get("/").text
    assert "In the machine&#39;s order." in shown
    assert not re.search(r"0\.[259]1|\b[259]1 ?%", shown)


def test_a_case_that_was_not_read_by_the_machine_comes_first_in_its_order(house, tmp_path) -> None:
    read, unread = house.case(tmp_path), house.case(tmp_path, opinion=False)
    _estimate(house, read, 0.9)
    _set_policy(house, triage=True)
    assert _listed(house) == [unread, read]


def test_a_case_is_given_back_until_its_reading_is_locked(house, read_first) -> None:
    client, case = read_first(lock=False)
    csrf = house.token(client.get("/").text)
    assert client.post(f"/cases/{case}/release", data={"csrf": csrf}).status_code == 303
    with house.room.database.reading() as connection:
        assert connection.execute(select(ASSIGNMENT)).first() is None
        assert connection.execute(select(CASE.c.state)).scalar() == "waiting"
    assert house.audited()[-1] == "case.released"
    assert house.client("other").post(f"/cases/{case}/release").status_code == 403
    client, case = read_first()
    assert client.post(f"/cases/{case}/release", data={"csrf": csrf}).status_code in (403, 409)
    with pytest.raises(Refusal) as refused, house.room.acting(house.people["reader"]) as act:
        release(act, case, _person(house))
    assert refused.value.status == 409


def test_the_wrong_examination_is_kept_back_and_let_go_on_by_the_data_manager(house, read_first) -> None:
    client, case = read_first(lock=False)
    with house.room.acting(house.people["reader"]) as act:
        wrong(act, case, _person(house))
    assert case not in client.get("/").text
    manager = house.client("data_manager")
    page = manager.get("/kept-back").text
    assert case in page
    assert house.marker not in page
    one = manager.get(f"/kept-back/{case}").text
    assert house.marker in one
    assert house.audited()[-1] == "identity.shown"
    assert manager.post(f"/kept-back/{case}/go-on", data={"csrf": house.token(one)}).status_code == 303
    assert case in client.get("/").text
    assert house.client("reader").get("/kept-back").status_code == 403


def test_what_cannot_be_read_cannot_go_on(house, tmp_path) -> None:
    case = house.case(tmp_path)
    with house.room.acting(None) as act:
        act.connection.execute(update(CASE).values(state="quarantined", reason="unreadable"))
    with pytest.raises(Refusal) as refused, house.room.acting(house.people["data_manager"]) as act:
        let_go_on(act, case)
    assert refused.value.status == 409
