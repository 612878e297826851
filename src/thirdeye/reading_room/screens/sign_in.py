"""Screen 1: sign-in, and the first start."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.accounts import verified
from thirdeye.reading_room.people.changes import speak
from thirdeye.reading_room.people.first_start import first_administrator, is_empty
from thirdeye.reading_room.people.sessions import begin, end
from thirdeye.reading_room.people.throttle import admit, forget
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.failures import note
from thirdeye.reading_room.web.guard import TheRoom, cookie_name, room_of, visiting
from thirdeye.reading_room.web.pages import LANGUAGE_COOKIE, language_of, page
from thirdeye.reading_room.web.words import LANGUAGES

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in(request: Request, room: TheRoom, next: str = "/", made: str = "") -> Response:
    """The form; where nobody has an account yet, the way to the first one."""
    with room.database.reading() as connection:
        if is_empty(connection):
            return go_to("/first-start")
    return _form(request, next, made=made == "1")


@router.post("/sign-in")
def signed_in(request: Request, room: TheRoom, login: Text, password: Text, next: Text = "/") -> Response:
    """Name and password."""
    wait = admit(room, login)
    if wait:
        answer = _form(request, next, status=429, failed="wait", minutes=-(-wait // 60))
        answer.headers["retry-after"] = str(wait)
        return answer
    with room.database.reading() as connection:
        person = verified(connection, login, password)
    if person is None:
        with room.acting(None) as act:
            act.record("session.refused")
        return _form(request, next, status=403, failed="failed")
    with room.acting(person.id) as act:
        forget(act, room, login)
        token = begin(act, person)
    return with_session(room, go_to(inside(next)), token)


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
def first_start(request: Request, room: TheRoom) -> Response:
    """The form for the first administrator; of no use once there is one."""
    with room.database.reading() as connection:
        if not is_empty(connection):
            return go_to("/sign-in")
    return page(request, "first_start.html", failed="", shown="", login="")


@router.post("/first-start")
def first_started(
    request: Request, room: TheRoom, secret: Text, login: Text, shown: Text, password: Text
) -> Response:
    """The first administrator."""
    try:
        with room.acting(None) as act:
            made = first_administrator(act, secret.strip(), login=login, shown=shown, password=password)
            speak(act, made, language_of(request))
    except Refusal as refusal:
        note(request, refusal)
        return page(
            request, "first_start.html", status=refusal.status, failed=refusal.said, shown=shown, login=login
        )
    return go_to("/sign-in?made=1")


@router.post("/language")
def language(request: Request, room: TheRoom, language: Text, next: Text = "/") -> Response:
    """Another language for the screens: of somebody who is signed in, else of a browser."""
    if language not in LANGUAGES:
        raise Refusal(422, "language")
    session = visiting(request)
    if session is not None:
        with room.acting(session.person.id) as act:
            speak(act, session.person.id, language)
    answer = go_to(inside(next))
    answer.set_cookie(
        LANGUAGE_COOKIE, language, path="/", httponly=True, samesite="strict", secure=room.settings.secure
    )
    return answer


def inside(path: str) -> str:
    """A path of this room; anything else is the start."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain else "/"


def with_session(room: Room, answer: Response, token: str) -> Response:
    """An answer that carries the cookie of a session."""
    answer.set_cookie(
        cookie_name(room), token, path="/", httponly=True, samesite="strict", secure=room.settings.secure
    )
    return answer


def _form(
    request: Request,
    onward: str,
    *,
    status: int = 200,
    failed: str = "",
    minutes: int = 0,
    made: bool = False,
) -> Response:
    return page(
        request,
        "sign_in.html",
        status=status,
        next=inside(onward),
        failed=failed,
        minutes=minutes,
        made=made,
        house=room_of(request).settings.house is not None,
    )
