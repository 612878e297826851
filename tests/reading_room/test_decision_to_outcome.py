"""From the opinion to the outcome: keep, change, contest, second readers, signature, outcome."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.store.tables import (
    AUDIT,
    CASE,
    DECISION,
    DELIVERY,
    OPINION,
    OUTCOME,
    REVEAL,
    SHOWN,
    SIGNATURE,
)


def _rows(house, table):
    with house.room.database.reading() as connection:
        return connection.execute(select(table)).all()


def _decide(house, client, case, **form):
    shown = client.get(f"/cases/{case}/opinion")
    assert shown.status_code == 200
    return client.post(f"/cases/{case}/decide", data={"csrf": house.token(shown.text), **form})


def _read_as(house, login, case, *, percent):
    """Somebody takes a case of the queue and locks a reading; their browser."""
    client = house.client(login)
    csrf = house.token(client.get("/adjudication").text)
    assert client.post(f"/adjudication/{case}/take", data={"csrf": csrf}).status_code == 303
    assert client.post(f"/cases/{case}/check", data={"csrf": csrf}).status_code == 303
    assert client.get(f"/cases/{case}/read").status_code == 200
    form = {"csrf": csrf, "probability_percent": percent}
    assert client.post(f"/cases/{case}/lock", data=form).status_code == 303
    return client


def _sign(house, client, case):
    page = client.get(f"/cases/{case}/sign")
    assert page.status_code == 200, page.text
    seal = re.search(r'name="statement" value="([0-9a-f]{64})"', page.text)[1]
    return client.post(f"/cases/{case}/sign", data={"csrf": house.token(page.text), "statement": seal})


def test_what_was_shown_is_on_record_in_its_words(house, read_first) -> None:
    client, case = read_first(percent=30)
    client.get(f"/cases/{case}/opinion")
    client.get(f"/cases/{case}/opinion")
    (shown,), (reveal,), (opinion,) = _rows(house, SHOWN), _rows(house, REVEAL), _rows(house, OPINION)
    assert shown.kind == "opinion"
    assert shown.content["opinion_sha256"] == reveal.opinion_sha256 == opinion.sha256
    assert shown.content["pictures"] == opinion.form["pictures"]
    said = shown.content["told"]["headline"]
    assert said["value"] == opinion.form["probabilities"][opinion.form["positive"]]
    assert said["percent"].removesuffix("\N{NO-BREAK SPACE}%") in said["text"]
    assert house.audited().count("opinion.shown") == 1


def test_a_kept_reading_is_signed_as_it_was_locked(house, read_first) -> None:
    client, case = read_first(percent=30)
    assert _decide(house, client, case, choice="keep").headers["location"] == f"/cases/{case}/sign"
    assert _sign(house, client, case).status_code == 303
    (signature,), (reveal,), (delivery,) = (
        _rows(house, SIGNATURE),
        _rows(house, REVEAL),
        _rows(house, DELIVERY),
    )
    assert signature.probability == 0.3
    assert signature.model_sha256 == reveal.model_sha256
    statement = next(one for one in _rows(house, SHOWN) if one.kind == "statement")
    assert statement.sha256 == signature.statement_sha256
    assert statement.content["model_sha256"] == reveal.model_sha256
    assert "not a medical device" in statement.content["notice"].lower()
    assert delivery.state == "nowhere"
    assert "Signed by Dr reader" in client.get(f"/cases/{case}/sign").text


def test_a_signed_case_is_signed_once(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    _sign(house, client, case)
    (signature,) = _rows(house, SIGNATURE)
    form = {"csrf": house.token(client.get("/").text), "statement": signature.statement_sha256}
    assert client.post(f"/cases/{case}/sign", data=form).status_code == 409
    assert len(_rows(house, SIGNATURE)) == 1
    assert house.audited()[-1] == "signature.refused"


def test_a_decision_that_lacks_something_is_refused(house, read_first) -> None:
    client, case = read_first(percent=30)
    for form in (
        {"choice": "change", "probability_percent": "40"},
        {"choice": "change", "reason": "a spiculated edge"},
        {"choice": "change", "reason": "an edge", "probability_percent": "140"},
        {"choice": "change", "reason": "an edge", "probability_percent": "nan"},
        {"choice": "contest", "reason": "  "},
        {"choice": "perhaps"},
    ):
        assert _decide(house, client, case, **form).status_code == 422, form
    assert _rows(house, DECISION) == []


def test_a_decision_is_made_once(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    again = _decide(house, client, case, choice="change", reason="an edge", probability_percent="40")
    assert again.status_code == 409
    assert house.audited()[-1] == "decision.edit_refused"


def test_a_small_change_is_signed_at_once_with_its_reason(house, read_first) -> None:
    client, case = read_first(percent=30)
    form = {"choice": "change", "reason": "a spiculated edge", "probability_percent": "45"}
    assert _decide(house, client, case, **form).headers["location"].endswith("/sign")
    page = client.get(f"/cases/{case}/sign").text
    assert "45" in page
    assert "a spiculated edge" in page
    _sign(house, client, case)
    assert _rows(house, SIGNATURE)[0].probability == 0.45


@pytest.mark.parametrize(
    "form",
    [
        {"choice": "change", "reason": "an edge", "probability_percent": "80"},
        {"choice": "contest", "reason": "the marker of the side fooled it"},
    ],
)
def test_large_changes_and_contests_go_to_a_second_reader(house, read_first, form) -> None:
    client, case = read_first(percent=30)
    assert _decide(house, client, case, **form).headers["location"].endswith("/opinion")
    assert _rows(house, CASE)[0].state == "second_reader"
    assert client.get(f"/cases/{case}/sign").status_code == 403
    assert "A second reader" in client.get(f"/cases/{case}/opinion").text


def test_the_second_reader_sees_neither_reading_nor_opinion(house, read_first) -> None:
    first, case = read_first(percent=30)
    _decide(house, first, case, choice="contest", reason="ZZREASON")
    second = _read_as(house, "adjudicator", case, percent=35)
    for path in ("opinion", "read"):
        page = second.get(f"/cases/{case}/{path}").text
        assert "ZZREASON" not in page
        assert "30" not in re.sub(r"<[^>]+>", " ", page)
    assert "no other reading" in second.get(f"/cases/{case}/opinion").text
    assert second.get(f"/cases/{case}/opinion/pictures/plain.png").status_code == 404
    assert [one.person_id for one in _rows(house, REVEAL)] == [house.people["reader"]]


def test_two_who_agree_decide_and_the_first_signs(house, read_first) -> None:
    first, case = read_first(percent=30)
    _decide(house, first, case, choice="contest", reason="an artefact")
    _read_as(house, "adjudicator", case, percent=35)
    assert _rows(house, CASE)[0].state == "decided"
    assert "agrees" in first.get(f"/cases/{case}/sign").text
    _sign(house, first, case)
    assert _rows(house, SIGNATURE)[0].probability == 0.3


def test_a_third_view_where_two_differ_the_middle_counts(house, read_first) -> None:
    house.person("third", "adjudicator")
    first, case = read_first(percent=20)
    _decide(house, first, case, choice="contest", reason="an artefact")
    second = _read_as(house, "adjudicator", case, percent=90)
    assert _rows(house, CASE)[0].state == "third_reader"
    csrf = house.token(second.get("/adjudication").text)
    assert second.post(f"/adjudication/{case}/take", data={"csrf": csrf}).status_code == 404
    _read_as(house, "third", case, percent=70)
    _sign(house, first, case)
    assert _rows(house, SIGNATURE)[0].probability == pytest.approx(0.7)


def test_nobody_is_their_own_second_reader(house, read_first) -> None:
    with house.room.acting(None) as act:
        from thirdeye.reading_room.store.tables import PERSON

        act.connection.execute(update(PERSON).values(roles="reader adjudicator"))
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="contest", reason="an artefact")
    assert case not in client.get("/adjudication").text
    csrf = house.token(client.get("/").text)
    assert client.post(f"/adjudication/{case}/take", data={"csrf": csrf}).status_code == 404


def test_a_model_changed_since_it_was_shown_stops_the_signature(house, read_first, monkeypatch) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    seal = re.search(r'name="statement" value="(\w+)"', client.get(f"/cases/{case}/sign").text)[1]
    monkeypatch.setattr(
        "thirdeye.reading_room.screens.sign.present_models", lambda room: frozenset({"0" * 64})
    )
    page = client.get(f"/cases/{case}/sign")
    assert page.status_code == 409
    assert "model was changed" in page.text
    csrf = house.token(page.text)
    assert client.post(f"/cases/{case}/sign", data={"csrf": csrf, "statement": seal}).status_code == 409
    assert house.audited()[-1] == "signature.refused"
    assert client.post(f"/cases/{case}/second-reader", data={"csrf": csrf}).status_code == 303
    _read_as(house, "adjudicator", case, percent=35)
    assert _sign(house, client, case).status_code == 303


def test_an_opinion_exchanged_in_the_store_stops_the_signature(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    with house.room.acting(None) as act:
        form = act.connection.execute(select(OPINION.c.form)).scalar_one()
        changed = {**form, "predicted": "something else"}
        act.connection.execute(update(OPINION).values(form=changed))
    assert client.get(f"/cases/{case}/sign").status_code == 409


def test_another_statement_than_the_one_shown_is_not_signed(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    form = {"csrf": house.token(client.get("/").text), "statement": "0" * 64}
    assert client.post(f"/cases/{case}/sign", data=form).status_code == 409
    assert _rows(house, SIGNATURE) == []


def test_without_an_opinion_the_reading_stands_alone(house, read_first) -> None:
    client, case = read_first(percent=30, opinion=False)
    page = client.get(f"/cases/{case}/opinion")
    assert "is being made" in page.text
    form = {"csrf": house.token(page.text), "choice": "keep"}
    assert client.post(f"/cases/{case}/decide", data=form).headers["location"].endswith("/sign")
    _sign(house, client, case)
    assert _rows(house, SIGNATURE)[0].model_sha256 is None
    assert _rows(house, DECISION)[0].choice == "alone"


def test_an_outcome_is_entered_after_the_signature(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    csrf = house.token(client.get("/").text)
    form = {"csrf": csrf, "truth": "zz", "proof": "histology", "on_date": "2026-01-31"}
    truth = _rows(house, OPINION)[0].form["positive"]
    early = client.post(f"/cases/{case}/outcome", data=form | {"truth": truth})
    assert early.status_code == 403
    _sign(house, client, case)
    assert case in client.get("/outcomes").text
    for wrong in ({}, {"truth": truth, "proof": "rumour"}, {"truth": truth, "on_date": "2999-01-01"}):
        assert client.post(f"/cases/{case}/outcome", data=form | wrong).status_code == 422
    assert client.post(f"/cases/{case}/outcome", data=form | {"truth": truth}).status_code == 303
    (outcome,) = _rows(house, OUTCOME)
    assert (outcome.truth, outcome.proof, outcome.on_date) == (truth, "histology", "2026-01-31")
    assert _rows(house, CASE)[0].state == "closed"
    assert "histology" in client.get(f"/cases/{case}/outcome").text


def test_somebody_elses_case_is_neither_signed_nor_closed(house, read_first) -> None:
    client, case = read_first(percent=30)
    _decide(house, client, case, choice="keep")
    other = house.client("other")
    csrf = house.token(other.get("/").text)
    assert other.get(f"/cases/{case}/sign").status_code == 404
    assert other.post(f"/cases/{case}/decide", data={"csrf": csrf, "choice": "keep"}).status_code == 404
    assert other.get(f"/cases/{case}/outcome").status_code == 404
    assert other.get(f"/cases/{case}/disclosure").status_code == 404


@pytest.fixture
def mapped(house, read_first):
    """A case whose opinion has a heat map that passed its exam; the browser of its reader."""
    client, case = read_first(percent=30)
    content = b"\x89PNG not looked into"
    seal = sha256(content).hexdigest()
    (house.room.images / f"{seal}.png").write_bytes(content)
    with house.room.acting(None) as act:
        row = act.connection.execute(select(OPINION)).one()
        heat = {"method": "cam", "class": row.form["positive"], "passed_sanity": True}
        form = {**row.form, "heat_map": heat, "pictures": {**row.form["pictures"], "heat_map": seal}}
        pictures = {**(row.pictures or {}), "heat_map": f"{seal}.png"}
        act.connection.execute(update(OPINION).values(form=form, sha256=digest(form), pictures=pictures))
    return client, case


def test_a_heat_map_is_off_at_first_and_that_it_was_looked_at_is_kept(house, mapped) -> None:
    client, case = mapped
    path = f"/cases/{case}/opinion/pictures/heat_map.png"
    assert client.get(path).status_code == 404
    page = client.get(f"/cases/{case}/opinion").text
    assert f'data-map="{path}"' in page
    assert f'src="{path}"' not in page
    assert "picture.shown" not in house.audited()
    assert client.get(path).content.startswith(b"\x89PNG")
    assert house.audited()[-1] == "picture.shown"
    kept = next(one for one in _rows(house, SHOWN) if one.kind == "picture")
    assert kept.content["sha256"] == _rows(house, OPINION)[0].form["pictures"]["heat_map"]


def test_a_picture_that_was_exchanged_is_not_shown(house, mapped) -> None:
    client, case = mapped
    client.get(f"/cases/{case}/opinion")
    file = _rows(house, OPINION)[0].pictures["heat_map"]
    (house.room.images / file).write_bytes(b"\x89PNG another one")
    assert client.get(f"/cases/{case}/opinion/pictures/heat_map.png").status_code == 409
    assert house.audited()[-1] == "picture.changed"


def test_pictures_of_somebody_elses_opinion_are_not_there(house, mapped) -> None:
    _, case = mapped
    assert house.client("other").get(f"/cases/{case}/opinion/pictures/heat_map.png").status_code == 404


def test_the_auditor_sees_exactly_what_was_shown(house, mapped) -> None:
    client, case = mapped
    client.get(f"/cases/{case}/opinion")
    with house.room.database.reading() as connection:
        entry = connection.execute(select(AUDIT.c.seq).where(AUDIT.c.action == "opinion.shown")).scalar_one()
    said = _rows(house, SHOWN)[0].content["told"]["headline"]["text"]
    page = house.client("auditor").get(f"/audit/entries/{entry}").text
    assert said.split("“")[0] in page
    with house.room.acting(None) as act:
        act.connection.execute(update(SHOWN).values(content={"told": "something else"}))
    assert "something else" in house.client("auditor").get(f"/audit/entries/{entry}").text


def test_a_second_reader_may_give_a_case_back(house, read_first) -> None:
    first, case = read_first(percent=30)
    _decide(house, first, case, choice="contest", reason="an artefact")
    second = house.client("adjudicator")
    csrf = house.token(second.get("/adjudication").text)
    second.post(f"/adjudication/{case}/take", data={"csrf": csrf})
    assert second.post(f"/adjudication/{case}/release", data={"csrf": csrf}).status_code == 303
    assert second.post(f"/adjudication/{case}/release", data={"csrf": csrf}).status_code == 404
    _read_as(house, "adjudicator", case, percent=35)
    assert _rows(house, CASE)[0].state == "decided"
