"""Changes of accounts: by an administrator, and by their owners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select, update

from thirdeye.reading_room.people.accounts import fit_name, known_roles
from thirdeye.reading_room.people.passwords import hashed, matches
from thirdeye.reading_room.people.person import ADMINISTRATOR
from thirdeye.reading_room.people.sessions import end_all
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import PERSON


def account(connection: Connection, person: int) -> Any:
    """The row of a person.

    Raises:
        Refusal: 404 there is none.
    """
    row = connection.execute(select(PERSON).where(PERSON.c.id == person)).first()
    if row is None:
        raise Refusal(404, "no_such_person")
    return row


def change(act: Act, person: int, *, shown: str, roles: Iterable[str]) -> None:
    """Another name on screens, other roles; both hold from the next request on.

    Raises:
        Refusal: 404, 422; 409 for the last administrator, who has to stay one.
    """
    before, wanted = account(act.connection, person), known_roles(roles)
    if ADMINISTRATOR not in wanted:
        _stays_one(act.connection, before)
    values = {"shown": fit_name(shown), "roles": " ".join(wanted)}
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(**values))
    act.record("person.changed", person=person, roles=wanted, roles_before=sorted(before.roles.split()))


def disable(act: Act, person: int) -> None:
    """Nobody signs in with this account any longer; its sessions end. What it has signed stays.

    Raises:
        Refusal: 404; 409 for the last administrator.
    """
    _stays_one(act.connection, account(act.connection, person))
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(disabled=True))
    end_all(act, person)
    act.record("person.disabled", person=person)


def enable(act: Act, person: int) -> None:
    """The account is used again.

    Raises:
        Refusal: 404.
    """
    account(act.connection, person)
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(disabled=False))
    act.record("person.enabled", person=person)


def new_password(connection: Connection, person: int, *, old: str, new: str) -> str:
    """A new password as it is kept, for who knows the old one; it takes its time, so no writer waits for it.

    Raises:
        Refusal: 403 the old one is wrong; 422 the new one will not do.
    """
    if not matches(account(connection, person).secret, old):
        raise Refusal(403, "old_password", action="password.refused")
    return hashed(new)


def change_password(act: Act, person: int, *, kept: str, token: str) -> None:
    """One's own password; sessions elsewhere end.

    Args:
        kept: see `new_password`.
        token: cookie of the session that goes on.
    """
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(secret=kept))
    end_all(act, person, but=token)
    act.record("password.changed")


def speak(act: Act, person: int, language: str) -> None:
    """The language of somebody's screens: "en" or "fr"."""
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(language=language))


def _stays_one(connection: Connection, row: Any) -> None:
    if ADMINISTRATOR not in row.roles.split() or row.disabled:
        return
    others = select(PERSON.c.roles).where(PERSON.c.disabled.is_(False), PERSON.c.id != row.id)
    if not any(ADMINISTRATOR in roles.split() for roles in connection.execute(others).scalars()):
        raise Refusal(409, "last_administrator")
