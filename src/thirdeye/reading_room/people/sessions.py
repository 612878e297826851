"""Sessions: a random cookie, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from thirdeye.reading_room.people.accounts import person_of
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.room import Act, Room, instant, moment
from thirdeye.reading_room.store.tables import PERSON, SESSION

_NOTED_S = 60  # how often it is noted that a session is in use
_KEPT = timedelta(days=30)  # rows of sessions that ended long ago


@dataclass(frozen=True)
class Session:
    """Somebody's session.

    Args:
        person: whose.
        csrf: what every form of theirs carries.
    """

    person: Person
    csrf: str


def begin(act: Act, person: Person, *, how: str = "password") -> str:
    """A new session; returns the cookie.

    Args:
        how: they signed in, for the audit: "password" or "house".
    """
    token = secrets.token_urlsafe(32)
    act.connection.execute(delete(SESSION).where(SESSION.c.made_at < instant(moment(act.at) - _KEPT)))
    act.connection.execute(
        insert(SESSION).values(
            token_sha256=_hash(token), person_id=person.id, csrf=secrets.token_urlsafe(32), made_at=act.at,
            seen_at=act.at,
        )
    )  # fmt: skip
    act.record("session.begun", how=how)
    return token


def session_of(room: Room, token: str) -> Session | None:
    """The session of a cookie; None where it has ended or never was."""
    now, settings = room.clock(), room.settings
    with room.database.reading() as connection:
        row = connection.execute(
            select(SESSION.c.csrf, SESSION.c.made_at, SESSION.c.seen_at, PERSON)
            .join(PERSON, PERSON.c.id == SESSION.c.person_id)
            .where(SESSION.c.token_sha256 == _hash(token), PERSON.c.disabled.is_(False))
        ).first()
    if row is None or row.seen_at < instant(now - timedelta(seconds=settings.idle_s)):
        return None
    if row.made_at < instant(now - timedelta(seconds=settings.session_s)):
        return None
    if (now - moment(row.seen_at)).total_seconds() > _NOTED_S:
        _note(room, token)
    return Session(person_of(row), row.csrf)


def end(act: Act, token: str) -> None:
    """End a session."""
    act.connection.execute(delete(SESSION).where(SESSION.c.token_sha256 == _hash(token)))
    act.record("session.ended")


def end_all(act: Act, person: int, *, but: str = "") -> int:
    """End all sessions of somebody; returns how many.

    Args:
        but: the cookie of one that goes on.
    """
    theirs = delete(SESSION).where(SESSION.c.person_id == person, SESSION.c.token_sha256 != _hash(but))
    ended = act.connection.execute(theirs).rowcount
    if ended:
        act.record("session.ended", person=person, sessions=ended)
    return ended


def sessions_of(connection: Connection, room: Room, person: int) -> list[Any]:
    """Somebody's open sessions, the latest first: rows with `token_sha256`, `made_at`, `seen_at`."""
    now, settings = room.clock(), room.settings
    return list(
        connection.execute(
            select(SESSION)
            .where(
                SESSION.c.person_id == person,
                SESSION.c.seen_at >= instant(now - timedelta(seconds=settings.idle_s)),
                SESSION.c.made_at >= instant(now - timedelta(seconds=settings.session_s)),
            )
            .order_by(SESSION.c.seen_at.desc())
        )
    )


def is_of(token: str, row: Any) -> bool:
    """Whether a row is the session of a cookie."""
    return secrets.compare_digest(_hash(token), row.token_sha256)


def _note(room: Room, token: str) -> None:
    with room.database.writing() as connection:
        used = update(SESSION).where(SESSION.c.token_sha256 == _hash(token))
        connection.execute(used.values(seen_at=room.now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
