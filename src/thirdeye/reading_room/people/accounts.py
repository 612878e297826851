"""Accounts: the first administrator, further people, passwords (argon2id)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, insert, select

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.person import ADMINISTRATOR, ROLES, Person
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import NOTE, PERSON

SHORTEST_PASSWORD = 12
_LONGEST = 200
_ONE_TIME = "one_time_secret"
_HASHER = PasswordHasher()  # argon2id, the library's present parameters (RFC 9106)
_NOBODY = _HASHER.hash("the same time is taken for names that do not exist")


def one_time_secret(room: Room) -> str | None:
    """A new secret for making the first administrator; None where there are people already.

    Only its hash is kept. Asking again replaces it.
    """
    secret = secrets.token_urlsafe(18)
    with room.acting(None) as act:
        if act.connection.execute(select(func.count()).select_from(PERSON)).scalar_one():
            return None
        act.connection.execute(delete(NOTE).where(NOTE.c.name == _ONE_TIME))
        act.connection.execute(insert(NOTE).values(name=_ONE_TIME, value=_hash(secret)))
        act.record("room.one_time_secret_made")
    return secret


def first_administrator(act: Act, secret: str, *, login: str, shown: str, password: str) -> int:
    """Make the first administrator; the secret is used up.

    Raises:
        UsageError: the secret is not the one that was given out, or the name or password will not do.
    """
    kept = act.connection.execute(select(NOTE.c.value).where(NOTE.c.name == _ONE_TIME)).scalar()
    if kept is None or not secrets.compare_digest(kept, _hash(secret)):
        raise UsageError("this is not the one-time secret that the room printed at its start")
    act.connection.execute(delete(NOTE).where(NOTE.c.name == _ONE_TIME))
    return add_person(act, login=login, shown=shown, password=password, roles=[ADMINISTRATOR])


def add_person(
    act: Act,
    *,
    login: str,
    shown: str,
    password: str | None,
    roles: Iterable[str],
    subject: str | None = None,
) -> int:
    """Make an account.

    Args:
        login: 1 to 200 characters, case-folded.
        shown: name on screens.
        password: of at least 12 characters; None: signs in elsewhere only.
        roles: some of `ROLES`.
        subject: issuer and subject of OpenID Connect.

    Raises:
        UsageError: a value that will not do, or a name that is taken.
    """
    name, wanted = login.strip().casefold(), set(roles)
    if not 1 <= len(name) <= _LONGEST or not 1 <= len(shown.strip()) <= _LONGEST:
        raise UsageError(f"a name has 1 to {_LONGEST} characters")
    if not wanted <= set(ROLES):
        raise UsageError(f"unknown role {sorted(wanted - set(ROLES))[0]!r}; roles are {', '.join(ROLES)}")
    if act.connection.execute(select(PERSON.c.id).where(PERSON.c.login == name)).first():
        raise UsageError("this name for signing in is taken; choose another")
    made = act.connection.execute(
        insert(PERSON).values(
            login=name, shown=shown.strip(), secret=None if password is None else hashed(password),
            subject=subject, roles=" ".join(sorted(wanted)), disabled=False, made_at=act.at,
        ).returning(PERSON.c.id)
    )  # fmt: skip
    number = int(made.scalar_one())
    act.record("person.added", person=number, roles=sorted(wanted))
    return number


def hashed(password: str) -> str:
    """A password as it is kept.

    Raises:
        UsageError: too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST:
        raise UsageError(
            f"a password has {SHORTEST_PASSWORD} to {_LONGEST} characters; this one has {len(password)}"
        )
    return _HASHER.hash(password)


def verified(connection: Connection, login: str, password: str) -> Person | None:
    """Who this is; None for a wrong name or password, in the same time for both."""
    row = connection.execute(select(PERSON).where(PERSON.c.login == login.strip().casefold())).first()
    known = row is not None and row.secret is not None and not row.disabled
    try:
        _HASHER.verify(row.secret if row is not None and known else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    return person_of(row) if known else None


def person_of(row: Any) -> Person:
    """A row of the table of people as a person."""
    return Person(row.id, row.login, row.shown, frozenset(row.roles.split()), row.language)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
