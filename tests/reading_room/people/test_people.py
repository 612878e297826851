"""Accounts, one-time secrets, roles and sessions, through the screens."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.changes import disable
from thirdeye.reading_room.people.first_start import first_administrator, one_time_secret
from thirdeye.reading_room.people.invitations import recover
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import INVITATION, NOTE, PERSON, SESSION
from thirdeye.reading_room.web.app import make_app

pytestmark = pytest.mark.stores
PASSWORD = "correct horse battery"
OTHER = "staple of another kind"


def posted(house, client: TestClient, path: str, **form: object):
    return client.post(path, data={"csrf": house.token(client.get("/account").text), **form})


def secret_in(page: str) -> str:
    return re.findall(r'class="secret" tabindex="0">([^<]+)<', page)[-1]


def test_the_first_start_makes_the_administrator_once(tmp_path) -> None:
    room = Room.open(Settings(folder=tmp_path / "room", hosts=("localhost",)))
    client = TestClient(make_app(room), base_url="http://localhost", follow_redirects=False)
    secret = one_time_secret(room)
    form = {"login": "Ada", "shown": "Ada L.", "password": PASSWORD}
    assert client.get("/sign-in").headers["location"] == "/first-start"
    wrong = client.post("/first-start", data=form | {"secret": "x" * 24})
    assert wrong.status_code == 403
    assert 'value="Ada L."' in wrong.text
    assert PASSWORD not in wrong.text
    made = client.post("/first-start", data=form | {"secret": secret})
    assert made.status_code == 303
    assert "The account of the administrator is made" in client.get(made.headers["location"]).text
    french = {"accept-language": "fr"}
    assert "administrateur est créé" in client.get(made.headers["location"], headers=french).text
    assert 'role="status"' not in client.get("/sign-in").text
    assert client.post("/first-start", data=form | {"secret": secret, "login": "eve"}).status_code == 403
    assert client.get("/first-start").headers["location"] == "/sign-in"
    assert one_time_secret(room) is None
    with room.database.reading() as connection:
        assert connection.execute(select(NOTE.c.value)).scalars().all() == []
        assert connection.execute(select(PERSON.c.login, PERSON.c.roles)).all() == [("ada", "administrator")]
    room.close()


def test_the_secret_itself_is_not_kept(tmp_path) -> None:
    room = Room.open(Settings(folder=tmp_path / "room"))
    secret = one_time_secret(room)
    room.close()
    for file in (tmp_path / "room").rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_a_second_start_makes_the_first_secret_void(tmp_path) -> None:
    room = Room.open(Settings(folder=tmp_path / "room"))
    first, second = one_time_secret(room), one_time_secret(room)
    with pytest.raises(Refusal), room.acting(None) as act:
        first_administrator(act, first, login="a", shown="A", password=PASSWORD)
    with room.acting(None) as act:
        assert first_administrator(act, second, login="a", shown="A", password=PASSWORD) == 1
    room.close()


def test_somebody_new_sets_a_password_that_nobody_else_knows(house) -> None:
    admin = house.client("administrator")
    made = posted(house, admin, "/people", login="Grace", shown="Grace H.", roles=["reader", "auditor"])
    secret = secret_in(made.text)
    assert f"http://localhost/welcome#{secret}" in made.text
    visitor = house.client()
    assert visitor.post("/welcome", data={"secret": secret, "password": "short"}).status_code == 422
    assert visitor.post("/welcome", data={"secret": secret, "password": OTHER}).status_code == 303
    assert visitor.post("/welcome", data={"secret": secret, "password": PASSWORD}).status_code == 403
    assert visitor.post("/sign-in", data={"login": "grace", "password": OTHER}).status_code == 303
    assert [one for one in house.audited() if one.startswith(("person", "password", "invitation"))][-4:] == [
        "person.added", "person.invited", "password.set", "invitation.refused",
    ]  # fmt: skip


def test_a_one_time_secret_grows_old(house) -> None:
    admin = house.client("administrator")
    secret = secret_in(posted(house, admin, f"/people/{house.people['reader']}/secret").text)
    with house.room.database.writing() as connection:
        connection.execute(update(INVITATION).values(ends_at="2020-01-01T00:00:00.000000Z"))
    assert house.client().post("/welcome", data={"secret": secret, "password": OTHER}).status_code == 403


def test_a_new_secret_ends_password_and_sessions(house) -> None:
    admin, reader = house.client("administrator"), house.client("reader")
    assert posted(house, admin, f"/people/{house.people['reader']}/secret").status_code == 200
    assert reader.get("/").status_code == 303
    again = house.client().post("/sign-in", data={"login": "reader", "password": PASSWORD})
    assert again.status_code == 403


def test_roles_hold_from_the_next_request_on(house) -> None:
    admin, reader = house.client("administrator"), house.client("reader")
    path = f"/people/{house.people['reader']}"
    assert reader.get("/people").status_code == 403
    assert house.audited()[-1] == "role.refused"
    assert posted(house, admin, path, shown="Dr R", roles=["administrator"]).status_code == 303
    assert reader.get("/people").status_code == 200
    assert posted(house, admin, path, shown="Dr R", roles=["king"]).status_code == 422


def test_a_disabled_account_is_out_at_once(house) -> None:
    admin, reader = house.client("administrator"), house.client("reader")
    path = f"/people/{house.people['reader']}"
    assert posted(house, admin, f"{path}/disable").status_code == 303
    assert reader.get("/account").status_code == 303
    assert house.client().post("/sign-in", data={"login": "reader", "password": PASSWORD}).status_code == 403
    assert posted(house, admin, f"{path}/enable").status_code == 303
    assert house.client("reader").get("/").status_code == 200


def test_the_last_administrator_stays_one(house) -> None:
    admin, path = house.client("administrator"), f"/people/{house.people['administrator']}"
    assert posted(house, admin, f"{path}/disable").status_code == 409
    assert posted(house, admin, path, shown="A", roles=["reader"]).status_code == 409
    assert posted(house, admin, f"{path}/secret").status_code == 409
    house.person("second", "administrator")
    assert posted(house, admin, path, shown="A", roles=["reader"]).status_code == 303


def test_a_disabled_administrator_does_not_count(house) -> None:
    with house.room.acting(None) as act:
        disable(act, house.person_in(act, "second", "administrator"))
    admin = house.client("administrator")
    answer = posted(house, admin, f"/people/{house.people['administrator']}/disable")
    assert answer.status_code == 409


@pytest.mark.parametrize("role", ["reader", "adjudicator", "data_manager", "auditor"])
def test_administrators_alone_look_after_people(house, role) -> None:
    client = house.client(role)
    for path in ("/people", "/people/1"):
        assert client.get(path).status_code == 403
    for path in ("/people", "/people/1", "/people/1/secret", "/people/1/disable", "/people/1/sign-out"):
        answer = posted(house, client, path, login="eve", shown="Eve", roles=["administrator"])
        assert answer.status_code == 403


def test_a_name_is_taken_once_whatever_its_case(house) -> None:
    admin = house.client("administrator")
    answer = posted(house, admin, "/people", login=" READER ", shown="Eve", roles=["reader"])
    assert answer.status_code == 409
    assert "taken" in answer.text


def test_nobody_there(house) -> None:
    admin = house.client("administrator")
    for path in ("/people/999", "/people/999999999999999999999999"):
        assert admin.get(path).status_code in (404, 422)
    assert posted(house, admin, "/people/999/disable").status_code == 404
    assert posted(house, admin, "/people/1/promote").status_code == 404


def test_an_own_password_ends_the_sessions_elsewhere(house) -> None:
    here, there = house.client("reader"), house.client("reader")
    assert posted(house, here, "/account/password", old="wrong horse battery", new=OTHER).status_code == 403
    assert posted(house, here, "/account/password", old=PASSWORD, new="short").status_code == 422
    assert there.get("/account").status_code == 200
    assert posted(house, here, "/account/password", old=PASSWORD, new=OTHER).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert house.client().post("/sign-in", data={"login": "reader", "password": OTHER}).status_code == 303


def test_sessions_elsewhere_end_by_a_button(house) -> None:
    here, there = house.client("reader"), house.client("reader")
    assert posted(house, here, "/account/sessions/end").status_code == 303
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)
    with house.room.database.reading() as connection:
        kept = connection.execute(select(SESSION).where(SESSION.c.person_id == house.people["reader"])).all()
    assert len(kept) == 1


def test_an_own_language_is_kept(house) -> None:
    client = house.client("reader")
    assert posted(house, client, "/language", language="fr").status_code == 303
    assert "Mon compte" in client.get("/account").text
    assert "Mon compte" in house.client("reader").get("/account").text
    assert posted(house, client, "/language", language="xx").status_code == 422


def test_who_lost_every_password_gets_a_secret_at_the_machine(house) -> None:
    secret = recover(house.room, " Administrator ")
    assert house.client().post("/welcome", data={"secret": secret, "password": OTHER}).status_code == 303
    signed_in = house.client().post("/sign-in", data={"login": "administrator", "password": OTHER})
    assert signed_in.status_code == 303
    with pytest.raises(UsageError, match="no account"):
        recover(house.room, "nobody")


def test_somebody_new_is_spoken_to_in_the_language_of_the_browser(house) -> None:
    admin = house.client("administrator")
    secret = secret_in(posted(house, admin, "/people", login="g", shown="G", roles=["reader"]).text)
    visitor = house.client()
    visitor.headers["accept-language"] = "fr-CH, en;q=0.5"
    visitor.post("/welcome", data={"secret": secret, "password": OTHER})
    visitor.post("/sign-in", data={"login": "g", "password": OTHER})
    assert "Mon compte" in visitor.get("/account", headers={"accept-language": "en"}).text


def test_an_open_session_does_not_let_anybody_guess_the_password(house) -> None:
    client = house.client("reader")
    tries = [posted(house, client, "/account/password", old="wrong", new=OTHER).status_code for _ in range(6)]
    assert tries == [403] * 5 + [429]
    assert posted(house, client, "/account/password", old=PASSWORD, new=OTHER).status_code == 429
