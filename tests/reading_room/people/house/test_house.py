"""Sign-in with an account of the house, and every forgery of it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.people.house import provider as provider_module
from thirdeye.reading_room.people.house.settings import House, is_safe
from thirdeye.reading_room.people.invitations import invite
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import AUDIT, PERSON
from thirdeye.reading_room.web.app import make_app

CLIENT, SECRET = "reading-room", "a secret between the two of us"
BACK = "/sign-in/house/back"


@dataclass(frozen=True)
class FromNow:
    """A time that is known only when its test runs: the suite takes longer than ten minutes."""

    seconds: int


class Hall:
    """A room whose people have accounts of the house."""

    def __init__(self, folder: Path, issuer: str) -> None:
        (folder / "secret").write_text(SECRET + "\n")
        house = House(issuer, CLIENT, folder / "secret")
        self.room = Room.open(Settings(folder=folder / "room", hosts=("localhost",), house=house))
        self.app = make_app(self.room)
        with self.room.acting(None) as act:
            self.person = add_person(
                act, login="ada", shown="Ada", password=None, roles=["reader"], subject=f"{issuer} f3a9"
            )

    def client(self) -> TestClient:
        return TestClient(self.app, base_url="http://localhost", follow_redirects=False)

    def why(self) -> list[str]:
        with self.room.database.reading() as connection:
            refused = select(AUDIT.c.detail).where(AUDIT.c.action == "session.refused")
            return [re.findall(r'"why":"(\w+)"', one)[0] for one in connection.execute(refused).scalars()]


@pytest.fixture
def hall(tmp_path, provider):
    made = Hall(tmp_path, provider.issuer)
    yield made
    made.room.close()


def returned(hall: Hall, provider: Any, client: TestClient | None = None, **other: str):
    client = client or hall.client()
    sent = client.get("/sign-in/house?next=/account")
    assert sent.status_code == 303, sent.text
    return client.get(BACK, params=provider.approve(sent.headers["location"]) | other)


def test_somebody_signs_in_with_the_account_of_the_house(hall, provider) -> None:
    client = hall.client()
    assert "/sign-in/house?next=" in client.get("/sign-in").text
    answer = returned(hall, provider, client)
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/account"' in answer.text
    assert "Ada" in client.get("/account").text
    with hall.room.database.reading() as connection:
        begun = connection.execute(select(AUDIT).where(AUDIT.c.action == "session.begun")).one()
    assert (begun.person_id, begun.detail) == (hall.person, '{"how":"house"}')


def test_the_way_there_has_state_nonce_and_pkce(hall) -> None:
    one, two = (hall.client().get("/sign-in/house") for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert re.search(f"{name}=([^&]+)", one.headers["location"])[1] not in two.headers["location"]
    assert "code_challenge_method=S256" in one.headers["location"]
    assert SECRET not in one.headers["location"] + one.headers["set-cookie"]
    assert "httponly" in one.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "how",
    [
        "another key", "an unknown key", "alg none", "the public key as a secret", "a changed payload",
        "no token", "five parts", "a long one", "a key that comes along",
    ],
)  # fmt: skip
def test_a_token_that_the_provider_did_not_sign_is_refused(hall, provider, forgers, how) -> None:
    provider.sign = forgers[how]
    client = hall.client()
    assert returned(hall, provider, client).status_code == 403
    assert client.get("/account").status_code == 303
    assert hall.why() in (["key"], ["token"])


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "issuer"), ({"iss": None}, "issuer"),
        ({"aud": "another-room"}, "audience"), ({"aud": None}, "audience"), ({"aud": []}, "audience"),
        ({"aud": [CLIENT, "another-room"]}, "audience"), ({"azp": "another-room"}, "audience"),
        ({"nonce": "another"}, "nonce"), ({"nonce": None}, "nonce"),
        ({"exp": FromNow(-120)}, "expired"), ({"exp": None}, "expired"),
        ({"exp": "never"}, "expired"),
        ({"iat": FromNow(600)}, "expired"), ({"iat": None}, "expired"),
        ({"nbf": FromNow(600)}, "expired"), ({"exp": True}, "expired"),
        ({"sub": ""}, "subject"), ({"sub": None}, "subject"), ({"sub": 7}, "subject"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "somebody-else"}, "unknown"),
    ],
)  # fmt: skip
def test_claims_that_are_not_meant_for_this_sign_in_are_refused(hall, provider, claims, why) -> None:
    provider.claims = {
        name: int(time.time()) + value.seconds if isinstance(value, FromNow) else value
        for name, value in claims.items()
    }
    client = hall.client()
    assert returned(hall, provider, client).status_code == 403
    assert client.get("/account").status_code == 303
    assert hall.why() == [why]


def test_several_audiences_with_this_room_as_the_party_pass(hall, provider) -> None:
    provider.claims = {"aud": [CLIENT, "another-room"], "azp": CLIENT}
    assert returned(hall, provider).status_code == 200


def test_another_state_is_refused(hall, provider) -> None:
    assert returned(hall, provider, state="another").status_code == 403
    assert returned(hall, provider, state="").status_code == 403
    assert hall.why() == ["state", "state"]


def test_a_browser_that_did_not_begin_gets_nowhere(hall, provider) -> None:
    victim, attacker = hall.client(), hall.client()
    brought = provider.approve(attacker.get("/sign-in/house").headers["location"])
    assert victim.get(BACK, params=brought).status_code == 403
    victim.cookies.set("house", "e30=." + "0" * 64)
    assert victim.get(BACK, params=brought).status_code == 403
    assert hall.why() == ["handshake", "handshake"]


def test_an_answer_is_of_use_once(hall, provider) -> None:
    client = hall.client()
    sent = client.get("/sign-in/house")
    brought, cookie = provider.approve(sent.headers["location"]), client.cookies["house"]
    assert client.get(BACK, params=brought).status_code == 200
    assert "house" not in client.cookies
    again = hall.client()
    again.cookies.set("house", cookie)
    assert again.get(BACK, params=brought).status_code == 403
    assert hall.why() == ["code"]


def test_a_stolen_code_needs_the_verifier(hall, provider) -> None:
    victim, thief = hall.client(), hall.client()
    stolen = provider.approve(victim.get("/sign-in/house").headers["location"])["code"]
    own = provider.approve(thief.get("/sign-in/house").headers["location"])
    assert thief.get(BACK, params=own | {"code": stolen}).status_code == 403
    assert hall.why() == ["code"]


def test_who_declines_is_told(hall, provider) -> None:
    client = hall.client()
    state = provider.approve(client.get("/sign-in/house").headers["location"])["state"]
    answer = client.get(BACK, params={"error": "access_denied", "state": state})
    assert answer.status_code == 403
    assert "was left" in answer.text


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"}, {"jwks_uri": "http://169.254.169.254/keys"},
        {"token_endpoint": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"},
    ],
)  # fmt: skip
def test_a_provider_that_says_what_cannot_be_is_not_asked(hall, provider, said) -> None:
    provider.said = said
    assert hall.client().get("/sign-in/house").status_code == 403
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_redirect_of_the_provider_is_not_followed(hall, provider) -> None:
    provider.elsewhere = f"{provider.issuer}/moved"
    assert hall.client().get("/sign-in/house").status_code == 502
    assert "/moved" not in provider.asked


def test_a_new_key_of_the_provider_is_found(hall, provider, forgers, monkeypatch) -> None:
    assert returned(hall, provider).status_code == 200
    monkeypatch.setattr(provider_module, "_AGAIN_S", -1.0)
    key, provider.keys = provider.keys[0], [provider.keys[0] | {"kid": "older"}]
    hall.app.state.provider._keys = None
    provider.keys = [key | {"kid": "older"}]
    hall.app.state.provider.keys()
    provider.keys = [key]
    assert returned(hall, provider).status_code == 200
    assert provider.asked.count("/keys") == 3


def test_secret_keys_of_a_provider_are_left_out(hall, provider) -> None:
    provider.keys = [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]
    assert returned(hall, provider).status_code == 403
    assert hall.why() == ["keys"]


def test_a_disabled_account_stays_out(hall, provider) -> None:
    with hall.room.database.writing() as connection:
        connection.execute(update(PERSON).values(disabled=True))
    assert returned(hall, provider).status_code == 403
    assert hall.why() == ["unknown"]


def test_somebody_invited_connects_the_account_instead_of_a_password(hall, provider) -> None:
    with hall.room.acting(None) as act:
        new = add_person(act, login="grace", shown="Grace", password=None, roles=["reader"])
        secret = invite(act, new)
    provider.subject = "b7"
    assert returned(hall, provider).status_code == 403
    client = hall.client()
    shown = client.post("/welcome/house", data={"secret": secret})
    address = re.search(r'href="(http://127[^"]+)"', shown.text)[1].replace("&amp;", "&")
    brought = provider.approve(address)
    assert client.get(BACK, params=brought).status_code == 200
    assert "Grace" in client.get("/account").text
    assert hall.client().post("/welcome/house", data={"secret": secret}).status_code == 403
    assert returned(hall, provider).status_code == 200


def test_an_account_of_the_house_belongs_to_one_person(hall, provider) -> None:
    with hall.room.acting(None) as act:
        new = add_person(
            act, login="grace", shown="Grace", password="correct horse battery", roles=["reader"]
        )
    client = hall.client()
    client.post("/sign-in", data={"login": "grace", "password": "correct horse battery"})
    sent = client.get("/account/house")
    answer = client.get(BACK, params=provider.approve(sent.headers["location"]))
    assert answer.status_code == 403
    assert hall.why() == ["taken"]
    with hall.room.database.reading() as connection:
        assert connection.execute(select(PERSON.c.subject).where(PERSON.c.id == new)).scalar() is None


def test_a_room_without_a_house_has_no_such_page(house) -> None:
    assert house.client().get("/sign-in/house").status_code == 404
    assert house.client().get(BACK).status_code in (403, 404)
    assert "/sign-in/house" not in house.client().get("/sign-in").text


def test_a_provider_that_is_away_is_said(tmp_path) -> None:
    hall = Hall(tmp_path, "http://127.0.0.1:1")
    answer = hall.client().get("/sign-in/house")
    hall.room.close()
    assert answer.status_code == 502
    assert "does not answer" in answer.text


@pytest.mark.parametrize(
    "issuer", ["http://idp.example", "ftp://127.0.0.1", "https://", "idp", "http://[", "https://a@b"]
)
def test_an_issuer_without_encryption_is_refused(issuer) -> None:
    assert not is_safe(issuer)
    with pytest.raises(UsageError, match="--sign-in-at"):
        House(issuer, CLIENT)


def test_a_secret_that_cannot_be_read_is_said(tmp_path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        House("https://idp.example", CLIENT, tmp_path / "nowhere").secret()


def test_a_missing_part_is_named(monkeypatch) -> None:
    monkeypatch.setattr("thirdeye.reading_room.people.house.settings.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="oidc"):
        House("https://idp.example", CLIENT)
