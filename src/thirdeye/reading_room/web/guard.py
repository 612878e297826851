"""Who asks, and whether they may: what routes depend on."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.people.sessions import Session, session_of
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room

COOKIE = "room"  # __Host-room where cookies travel over TLS only
_SAFE = ("GET", "HEAD", "OPTIONS")
_OURS = ("same-origin", "none")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def room_of(request: Request) -> Room:
    """The room that a request enters."""
    room: Room = request.app.state.room
    return room


def cookie_name(room: Room) -> str:
    """The name of the session's cookie."""
    return f"__Host-{COOKIE}" if room.settings.secure else COOKIE


def visiting(request: Request) -> Session | None:
    """The session of a request; None for somebody who is not signed in."""
    if not hasattr(request.state, "session"):
        room = room_of(request)
        token = request.cookies.get(cookie_name(room), "")
        request.state.session = session_of(room, token) if token else None
    found: Session | None = request.state.session
    return found


def needs(*roles: str) -> Callable[..., Person]:
    """A dependency: the person who asks, with one of these roles.

    Raises (at a request):
        Refusal: 401 not signed in, 403 without the role.
    """

    def person(request: Request) -> Person:
        session = visiting(request)
        if session is None:
            raise Refusal(401, "sign_in")
        if roles and not session.person.may(*roles):
            raise Refusal(403, "role", action="role.refused")
        return session.person

    return person


async def token_given(request: Request, session: Annotated[Session | None, Depends(visiting)]) -> str:
    """The token that a request carries: in its header, else in its form.

    A form of somebody who is not signed in is not even read.
    """
    if request.method in _SAFE or session is None:
        return ""
    given = request.headers.get("x-csrf")
    if given is None and request.headers.get("content-type", "").startswith(_FORMS):
        given = (await request.form()).get("csrf")  # type: ignore[assignment]
    return given if isinstance(given, str) else ""


def same_origin(request: Request, given: Annotated[str, Depends(token_given)]) -> None:
    """Every request that changes something comes from a page of this room and carries its session's token.

    Raises:
        Refusal: 403.
    """
    if request.method in _SAFE:
        return
    if _foreign(request) or request.headers.get("sec-fetch-site", "same-origin") not in _OURS:
        raise Refusal(403, "other_site", action="request.refused")
    session = visiting(request)
    if session is None:
        return  # the route itself asks for somebody who is signed in, or is the sign-in
    if not hmac.compare_digest(given.encode("utf-8", "replace"), session.csrf.encode()):
        raise Refusal(403, "token", action="request.refused")


def _foreign(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return False
    scheme = "https" if room_of(request).settings.secure else request.url.scheme
    return origin != f"{scheme}://{request.headers.get('host')}"


TheRoom = Annotated[Room, Depends(room_of)]
