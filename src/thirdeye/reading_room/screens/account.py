"""One's own account: password and sessions; and the welcome of somebody with a one-time secret."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.changes import account, change_password, new_password, speak
from thirdeye.reading_room.people.invitations import accept, invited
from thirdeye.reading_room.people.passwords import hashed
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.people.sessions import end_all, is_of, sessions_of
from thirdeye.reading_room.people.throttle import admit, forget
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.failures import note
from thirdeye.reading_room.web.guard import TheRoom, cookie_name, needs
from thirdeye.reading_room.web.pages import language_of, page

router = APIRouter()
Text = Annotated[str, Form()]
Anybody = Annotated[Person, Depends(needs())]


@router.get("/account")
def own(request: Request, room: TheRoom, person: Anybody, done: bool = False) -> Response:
    """The account of whoever asks."""
    return _shown(request, room, person, done=done)


@router.post("/account/password")
def other_password(request: Request, room: TheRoom, person: Anybody, old: Text, new: Text) -> Response:
    """Another password; sessions elsewhere end."""
    try:
        if admit(room, person.login):
            raise Refusal(429, "slowly")
        with room.database.reading() as connection:
            kept = new_password(connection, person.id, old=old, new=new)
    except Refusal as refusal:
        note(request, refusal)
        return _shown(request, room, person, status=refusal.status, failed=refusal.said)
    with room.acting(person.id) as act:
        forget(act, room, person.login)
        change_password(act, person.id, kept=kept, token=request.cookies[cookie_name(room)])
    return go_to("/account?done=true")


@router.post("/account/sessions/end")
def end_elsewhere(request: Request, room: TheRoom, person: Anybody) -> Response:
    """End all sessions but this one."""
    with room.acting(person.id) as act:
        end_all(act, person.id, but=request.cookies[cookie_name(room)])
    return go_to("/account")


@router.get("/welcome")
def welcome(request: Request, room: TheRoom) -> Response:
    """The form for a one-time secret. It stands after the # of a link, so that it reaches no log."""
    return page(request, "welcome.html", failed="", house=room.settings.house is not None)


@router.post("/welcome")
def welcomed(request: Request, room: TheRoom, secret: Text, password: Text) -> Response:
    """A password for somebody who was invited."""
    secret = secret.strip()
    try:
        with room.database.reading() as connection:
            invited(connection, secret, room.now())
        kept = hashed(password)
        with room.acting(None) as act:
            speak(act, accept(act, secret, kept), language_of(request))
    except Refusal as refusal:
        note(request, refusal)
        house = room.settings.house is not None
        return page(request, "welcome.html", status=refusal.status, failed=refusal.said, house=house)
    return go_to("/sign-in")


def _shown(
    request: Request, room: Room, person: Person, *, status: int = 200, failed: str = "", done: bool = False
) -> Response:
    with room.database.reading() as connection:
        row, sessions = account(connection, person.id), sessions_of(connection, room, person.id)
    token = request.cookies[cookie_name(room)]
    return page(
        request, "account.html", status=status, has_password=row.secret is not None, failed=failed, done=done,
        house=room.settings.house is not None, connected=row.subject is not None,
        sessions=[(one.made_at, one.seen_at, is_of(token, one)) for one in sessions],
    )  # fmt: skip
