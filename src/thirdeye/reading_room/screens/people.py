"""People: who may work here and as what; for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection, func, select

from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.people.changes import account, change, disable, enable
from thirdeye.reading_room.people.invitations import LASTS, invite
from thirdeye.reading_room.people.person import ADMINISTRATOR, ROLES, Person
from thirdeye.reading_room.people.sessions import end_all, sessions_of
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.screens.forms import Number, go_to
from thirdeye.reading_room.store.tables import PERSON, SESSION
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page

router = APIRouter()
Text = Annotated[str, Form()]
Roles = Annotated[list[str], Form(default_factory=list)]
Administrator = Annotated[Person, Depends(needs(ADMINISTRATOR))]


@router.get("/people")
def people(request: Request, room: TheRoom, _: Administrator) -> Response:
    """Everybody with an account, and the form for somebody new."""
    return _list(request, room)


@router.post("/people")
def added(
    request: Request, room: TheRoom, by: Administrator, login: Text, shown: Text, roles: Roles
) -> Response:
    """A new account, and the one-time secret that its owner begins with."""
    try:
        with room.acting(by.id) as act:
            number = add_person(act, login=login, shown=shown, password=None, roles=roles)
            secret = invite(act, number)
    except Refusal as refusal:
        filled = {"login": login, "shown": shown, "roles": roles}
        return _list(request, room, status=refusal.status, failed=refusal.said, filled=filled)
    return _handed_over(request, room, number, secret)


@router.get("/people/{number}")
def one(request: Request, room: TheRoom, _: Administrator, number: Number, done: bool = False) -> Response:
    """An account."""
    return _one(request, room, number, done=done)


@router.post("/people/{number}")
def changed(
    request: Request, room: TheRoom, by: Administrator, number: Number, shown: Text, roles: Roles
) -> Response:
    """Another name, other roles."""
    try:
        with room.acting(by.id) as act:
            change(act, number, shown=shown, roles=roles)
    except Refusal as refusal:
        return _one(request, room, number, status=refusal.status, failed=refusal.said)
    return go_to(f"/people/{number}?done=true")


@router.post("/people/{number}/secret")
def new_secret(request: Request, room: TheRoom, by: Administrator, number: Number) -> Response:
    """A one-time secret for somebody who lost the password."""
    if number == by.id:
        raise Refusal(409, "own_account")
    with room.acting(by.id) as act:
        account(act.connection, number)
        secret = invite(act, number)
    return _handed_over(request, room, number, secret)


@router.post("/people/{number}/{what}")
def switched(request: Request, room: TheRoom, by: Administrator, number: Number, what: str) -> Response:
    """Disable or enable an account, or end its sessions."""
    acts = {"disable": disable, "enable": enable, "sign-out": _sign_out}
    if what not in acts:
        raise Refusal(404, "not_there")
    try:
        with room.acting(by.id) as act:
            acts[what](act, number)
    except Refusal as refusal:
        return _one(request, room, number, status=refusal.status, failed=refusal.said)
    return go_to(f"/people/{number}")


def _sign_out(act: Act, number: int) -> None:
    account(act.connection, number)
    end_all(act, number)


def _list(
    request: Request, room: Room, *, status: int = 200, failed: str = "", filled: dict[str, Any] | None = None
) -> Response:
    with room.database.reading() as connection:
        rows = _everybody(connection)
    filled = filled or {"login": "", "shown": "", "roles": []}
    return page(request, "people.html", status=status, rows=rows, roles=ROLES, failed=failed, filled=filled)


def _everybody(connection: Connection) -> list[Any]:
    seen = (
        select(SESSION.c.person_id, func.max(SESSION.c.seen_at).label("seen_at"))
        .group_by(SESSION.c.person_id)
        .subquery()
    )
    wanted = (
        select(PERSON, seen.c.seen_at)
        .outerjoin(seen, seen.c.person_id == PERSON.c.id)
        .order_by(PERSON.c.disabled, func.lower(PERSON.c.shown))
    )
    return list(connection.execute(wanted))


def _one(
    request: Request, room: Room, number: int, *, status: int = 200, failed: str = "", done: bool = False
) -> Response:
    with room.database.reading() as connection:
        row, sessions = account(connection, number), sessions_of(connection, room, number)
    return page(
        request, "person.html", status=status, row=row, sessions=len(sessions), roles=ROLES, failed=failed,
        done=done,
    )  # fmt: skip


def _handed_over(request: Request, room: Room, number: int, secret: str) -> Response:
    with room.database.reading() as connection:
        row = account(connection, number)
    address = f"{'https' if room.settings.secure else 'http'}://{request.headers['host']}/welcome#{secret}"
    return page(request, "person_secret.html", row=row, secret=secret, address=address, days=LASTS.days)
