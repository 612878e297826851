"""Screen 1: sign-in, and the first start."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.accounts import first_administrator, verified
from thirdeye.reading_room.people.sessions import begin, end
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, cookie_name, visiting
from thirdeye.reading_room.web.pages import LANGUAGE_COOKIE, page
from thirdeye.reading_room.web.words import LANGUAGES

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in(request: Request, next: str = "/") -> Response:
    """The form."""
    return page(request, "sign_in.html", next=_inside(next), failed=False)


@router.post("/sign-in")
def signed_in(request: Request, room: TheRoom, login: Text, password: Text, next: Text = "/") -> Response:
    """Name and password."""
    with room.database.reading() as connection:
        person = verified(connection, login, password)
    if person is None:
        with room.acting(None) as act:
            act.record("session.refused")
        return page(request, "sign_in.html", status=403, next=_inside(next), failed=True)
    with room.acting(person.id) as act:
        token = begin(act, person)
    return _with_cookie(room, go_to(_inside(next)), token)


@router.post("/sign-out")
def sign_out(request: Request, room: TheRoom) -> Response:
    """The end of a session."""
    session = visiting(request)
    if session is not None:
        with room.acting(session.person.id) as act:
            end(act, request.cookies[cookie_name(room)])
    answer = go_to("/sign-in")
    answer.delete_cookie(cookie_name(room), path="/", secure=room.settings.secure)
    return answer


@router.get("/first-start")
def first_start(request: Request) -> Response:
    """The form for the first administrator."""
    return page(request, "first_start.html", failed="")


@router.post("/first-start")
def first_started(
    request: Request, room: TheRoom, secret: Text, login: Text, shown: Text, password: Text
) -> Response:
    """The first administrator."""
    try:
        with room.acting(None) as act:
            first_administrator(act, secret.strip(), login=login, shown=shown, password=password)
    except UsageError as error:
        return page(request, "first_start.html", status=422, failed=str(error))
    return go_to("/sign-in")


@router.post("/language")
def language(request: Request, room: TheRoom, language: Text, next: Text = "/") -> Response:
    """Another language for the screens of a browser."""
    if language not in LANGUAGES:
        raise Refusal(422, "language")
    answer = go_to(_inside(next))
    answer.set_cookie(LANGUAGE_COOKIE, language, path="/", samesite="strict", secure=room.settings.secure)
    return answer


def _inside(path: str) -> str:
    """A path of this room; anything else is the start."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain else "/"


def _with_cookie(room: Room, answer: Response, token: str) -> Response:
    answer.set_cookie(
        cookie_name(room), token, path="/", httponly=True, samesite="strict", secure=room.settings.secure
    )
    return answer
