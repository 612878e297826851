"""Sign-in with an account of the house, and connecting the two accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from thirdeye.reading_room.people.house.connect import connect, known
from thirdeye.reading_room.people.house.forged import Forged
from thirdeye.reading_room.people.house.handshake import LASTS_S, Handshake, opened
from thirdeye.reading_room.people.house.provider import Provider
from thirdeye.reading_room.people.invitations import hash_of, invited
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.people.sessions import begin
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.sign_in import inside, with_session
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page

router = APIRouter()
BACK = "/sign-in/house/back"


@router.get("/sign-in/house")
def go(request: Request, room: TheRoom, next: str = "/") -> Response:
    """On to the provider."""
    return _onward(request, room, Handshake.begin(room.clock(), inside(next)))


@router.get("/account/house")
def connect_own(request: Request, room: TheRoom, person: Annotated[Person, Depends(needs())]) -> Response:
    """Connect the account of somebody who is signed in."""
    return _onward(request, room, Handshake.begin(room.clock(), "/account", person=person.id))


@router.post("/welcome/house")
def connect_invited(request: Request, room: TheRoom, secret: Annotated[str, Form()]) -> Response:
    """Connect the account of somebody with a one-time secret, instead of a password."""
    with room.database.reading() as connection:
        row = invited(connection, secret.strip(), room.now())
    handshake = Handshake.begin(room.clock(), "/", person=row.id, invitation=hash_of(secret.strip()))
    return _onward(request, room, handshake)


@router.get(BACK)
def back(request: Request, room: TheRoom, code: str = "", state: str = "") -> Response:
    """The answer of the provider; a browser that did not ask gets nowhere."""
    try:
        handshake = opened(request.cookies.get(_cookie(room), ""), room.key, state=state, now=room.clock())
        if not code:
            raise Forged("declined")
        now = room.clock().timestamp()
        subject = _provider(request, room).subject(handshake, code, _address(request, room), now=now)
        person = _person(room, handshake, subject)
    except Forged as forged:
        return _failed(request, room, forged)
    with room.acting(person.id) as act:
        token = begin(act, person, how="house")
    # A page of ours sends the browser on: a redirect from elsewhere would not carry the session's cookie.
    answer = with_session(room, page(request, "house_done.html", next=handshake.onward), token)
    return _forgotten(room, answer)


def _person(room: Room, handshake: Handshake, subject: str) -> Person:
    if handshake.person is not None:
        with room.acting(handshake.person) as act:
            return connect(act, handshake.person, subject, invitation=handshake.invitation)
    with room.database.reading() as connection:
        person = known(connection, subject)
    if person is None:
        raise Forged("unknown")
    return person


def _onward(request: Request, room: Room, handshake: Handshake) -> Response:
    try:
        address = _provider(request, room).address(handshake, _address(request, room))
    except Forged as forged:
        return _failed(request, room, forged)
    # A form may not lead to another site (the policy of our pages), so a page with a link does.
    answer = RedirectResponse(address, 303) if request.method == "GET" else _link(request, address)
    answer.set_cookie(
        _cookie(room), handshake.sealed(room.key), max_age=LASTS_S, path="/", httponly=True, samesite="lax",
        secure=room.settings.secure,
    )  # fmt: skip
    return answer


def _link(request: Request, address: str) -> Response:
    return page(request, "house_go.html", address=address)


def _failed(request: Request, room: Room, forged: Forged) -> Response:
    with room.acting(None) as act:
        act.record("session.refused", how="house", why=forged.why)
    said = f"house_{forged.why}" if forged.why in ("unknown", "unreachable", "declined", "taken") else "house"
    status = 502 if forged.why == "unreachable" else 403
    failed = page(request, "house_failed.html", status=status, failed=said)
    return _forgotten(room, failed)


def _forgotten(room: Room, answer: Response) -> Response:
    answer.delete_cookie(_cookie(room), path="/", secure=room.settings.secure, httponly=True)
    return answer


def _provider(request: Request, room: Room) -> Provider:
    if room.settings.house is None:
        raise Refusal(404, "not_there")
    if not hasattr(request.app.state, "provider"):
        request.app.state.provider = Provider(room.settings.house)
    found: Provider = request.app.state.provider
    return found


def _address(request: Request, room: Room) -> str:
    return f"{'https' if room.settings.secure else 'http'}://{request.headers['host']}{BACK}"


def _cookie(room: Room) -> str:
    return "__Host-house" if room.settings.secure else "house"
