"""A case from its arrival to the decision, and what must not happen on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from thirdeye.reading_room.store.tables import DECISION, READING

pytestmark = pytest.mark.stores


def test_the_doctor_decides_first(house, read_first) -> None:
    client, case = read_first(percent=30)
    shown = client.get(f"/cases/{case}/opinion")
    assert shown.status_code == 200
    assert "30\N{NO-BREAK SPACE}%" in shown.text
    kept = client.post(f"/cases/{case}/decide", data={"csrf": house.token(shown.text), "choice": "keep"})
    assert kept.status_code == 303
    with house.room.database.reading() as connection:
        reading, decision = (
            connection.execute(select(READING)).one(),
            connection.execute(select(DECISION)).one(),
        )
    assert (reading.probability, decision.choice, decision.probability) == (0.3, "keep", 0.3)
    assert [one for one in house.audited() if one.startswith(("case", "reading", "opinion", "decision"))] == [
        "case.received", "opinion.ready", "case.taken", "case.checked", "reading.opened", "reading.locked",
        "opinion.revealed", "opinion.shown", "decision.made",
    ]  # fmt: skip


def test_no_result_before_the_reading_is_locked(house, read_first) -> None:
    client, case = read_first(lock=False)
    assert client.get(f"/cases/{case}/opinion").status_code == 403
    assert house.audited()[-1] == "opinion.refused"


def test_a_locked_reading_cannot_be_edited(house, read_first) -> None:
    client, case = read_first(percent=30)
    csrf = house.token(client.get("/").text)
    again = client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 90})
    assert again.status_code == 409
    with house.room.database.reading() as connection:
        assert connection.execute(select(READING.c.probability)).scalars().all() == [0.3]
    assert house.audited()[-1] == "reading.edit_refused"


def test_somebody_elses_case_is_not_there(house, read_first) -> None:
    _, case = read_first()
    other = house.client("other")
    for path in ("check", "read", "opinion"):
        assert other.get(f"/cases/{case}/{path}").status_code == 404
    assert house.audited()[-1] == "case.refused"


def test_forms_without_the_token_are_refused(house, read_first) -> None:
    client, case = read_first(lock=False)
    assert client.post(f"/cases/{case}/lock", data={"probability_percent": 30}).status_code == 403


def test_identities_are_on_the_check_alone(house, read_first) -> None:
    client, case = read_first()
    assert house.marker in client.get(f"/cases/{case}/check").text
    for path in ("/", f"/cases/{case}/read", f"/cases/{case}/opinion"):
        assert house.marker not in client.get(path).text
