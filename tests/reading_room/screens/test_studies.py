"""The policy of a study: changed by an administrator, on record, refused where it cannot be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from thirdeye.reading_room.store.tables import AUDIT, OPINION, STUDY
from thirdeye.reading_room.workflow.policy import Policy

FIELDS = {"second_reader_percent": "30", "planted_percent": "5", "unaided_every": "10", "lock_first": "1"}


def _post(house: Any, login: str = "administrator", **fields: str) -> Any:
    client = house.client(login)
    csrf = house.token(client.get("/").text)
    return client.post(f"/studies/{house.study}/policy", data={"csrf": csrf, **FIELDS, **fields})


def _policy(house: Any) -> Policy:
    with house.room.database.reading() as connection:
        return Policy.of(connection.execute(select(STUDY.c.policy)).scalar_one())


def test_an_administrator_changes_the_policy_and_it_is_on_record(house) -> None:
    assert _post(house).status_code == 303
    assert _policy(house) == Policy(second_reader_at=0.3, planted=0.05, unaided_every=10)
    with house.room.database.reading() as connection:
        last = connection.execute(select(AUDIT).order_by(AUDIT.c.seq.desc())).first()
    assert last.action == "study.policy_changed"
    assert '"planted":0.05' in last.detail
    assert '"planted":0.0' in last.detail
    shown = house.client("administrator").get("/studies").text
    assert 'value="30"' in shown


def test_a_policy_that_cannot_be_is_refused_and_nothing_changes(house) -> None:
    for fields in ({"planted_percent": "60"}, {"second_reader_percent": "0"}, {"unaided_every": "-1"},
                   {"planted_percent": "nan"}):  # fmt: skip
        assert _post(house, **fields).status_code == 422
    assert _policy(house) == Policy()


def test_nobody_else_may(house) -> None:
    assert _post(house, "reader").status_code == 403
    assert house.client("data_manager").get("/studies").status_code == 403


def test_failed_opinions_are_asked_for_again(house, tmp_path) -> None:
    house.case(tmp_path)
    with house.room.acting(None) as act:
        act.connection.execute(update(OPINION).values(state="failed", error="broke off"))
    client = house.client("administrator")
    shown = client.get("/studies").text
    assert "1 failed" in shown
    assert client.post(f"/studies/{house.study}/again", data={"csrf": house.token(shown)}).status_code == 303
    with house.room.database.reading() as connection:
        assert connection.execute(select(OPINION.c.state)).scalar() == "waiting"
