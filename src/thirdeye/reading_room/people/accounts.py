"""Accounts: making them, and finding out whose name and password these are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select

from thirdeye.reading_room.people.passwords import hashed, matches
from thirdeye.reading_room.people.person import ROLES, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import PERSON

LONGEST_NAME = 200


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
        password: of at least 12 characters; None: set later with a one-time secret, or signs in elsewhere.
        roles: some of `ROLES`.
        subject: issuer and subject of OpenID Connect.

    Raises:
        Refusal: 422 a value that will not do, 409 a name that is taken.
    """
    name, wanted = login.strip().casefold(), known_roles(roles)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refusal(422, "name")
    if act.connection.execute(select(PERSON.c.id).where(PERSON.c.login == name)).first():
        raise Refusal(409, "login_taken")
    made = act.connection.execute(
        insert(PERSON).values(
            login=name, shown=fit_name(shown), secret=None if password is None else hashed(password),
            subject=subject, roles=" ".join(wanted), disabled=False, made_at=act.at,
        ).returning(PERSON.c.id)
    )  # fmt: skip
    number = int(made.scalar_one())
    act.record("person.added", person=number, roles=wanted)
    return number


def known_roles(roles: Iterable[str]) -> list[str]:
    """Roles in the order of the alphabet.

    Raises:
        Refusal: 422 for a role that there is not.
    """
    wanted = sorted(set(roles))
    if not set(wanted) <= set(ROLES):
        raise Refusal(422, "roles")
    return wanted


def fit_name(shown: str) -> str:
    """A name for screens.

    Raises:
        Refusal: 422 for an empty or an endless one.
    """
    if not 1 <= len(shown.strip()) <= LONGEST_NAME:
        raise Refusal(422, "name")
    return shown.strip()


def verified(connection: Connection, login: str, password: str) -> Person | None:
    """Who this is; None for a wrong name or password, in the same time for both."""
    row = connection.execute(select(PERSON).where(PERSON.c.login == login.strip().casefold())).first()
    kept = None if row is None or row.disabled else row.secret
    return person_of(row) if matches(kept, password) else None


def person_of(row: Any) -> Person:
    """A row of the table of people as a person."""
    return Person(row.id, row.login, row.shown, frozenset(row.roles.split()), row.language)
