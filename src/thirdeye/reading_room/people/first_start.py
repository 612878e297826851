"""The first start: the room prints a one-time secret, and who has it makes the administrator."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, delete, func, insert, select

from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.people.invitations import hash_of
from thirdeye.reading_room.people.person import ADMINISTRATOR
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import NOTE, PERSON

_ONE_TIME = "one_time_secret"


def is_empty(connection: Connection) -> bool:
    """Whether nobody has an account yet."""
    return not connection.execute(select(func.count()).select_from(PERSON)).scalar_one()


def one_time_secret(room: Room) -> str | None:
    """A new secret for making the first administrator; None where there are people already.

    Only its hash is kept. Asking again replaces it.
    """
    secret = secrets.token_urlsafe(18)
    with room.acting(None) as act:
        if not is_empty(act.connection):
            return None
        act.connection.execute(delete(NOTE).where(NOTE.c.name == _ONE_TIME))
        act.connection.execute(insert(NOTE).values(name=_ONE_TIME, value=hash_of(secret)))
        act.record("room.one_time_secret_made")
    return secret


def first_administrator(act: Act, secret: str, *, login: str, shown: str, password: str) -> int:
    """Make the first administrator; the secret is used up.

    Raises:
        Refusal: 403 the secret is not the one that was given out; 422 the name or password will not do.
    """
    kept = act.connection.execute(select(NOTE.c.value).where(NOTE.c.name == _ONE_TIME)).scalar()
    if kept is None or not secrets.compare_digest(kept, hash_of(secret)):
        raise Refusal(403, "first_secret", action="first_start.refused")
    act.connection.execute(delete(NOTE).where(NOTE.c.name == _ONE_TIME))
    return add_person(act, login=login, shown=shown, password=password, roles=[ADMINISTRATOR])
