"""One-time secrets: with one of them somebody sets a password that nobody else has ever known."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.sessions import end_all
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, Room, instant, moment
from thirdeye.reading_room.store.tables import INVITATION, PERSON

LASTS = timedelta(days=3)


def hash_of(secret: str) -> str:
    """What is kept of a secret: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def invite(act: Act, person: int) -> str:
    """A secret with which somebody sets a new password; the old password and all sessions end at once.

    Args:
        person: of the store; a secret given out earlier is void.

    Returns:
        The secret; only its hash is kept, for three days.
    """
    secret = secrets.token_urlsafe(18)
    act.connection.execute(delete(INVITATION).where(INVITATION.c.person_id == person))
    act.connection.execute(
        insert(INVITATION).values(
            person_id=person, secret_sha256=hash_of(secret), made_at=act.at,
            ends_at=instant(moment(act.at) + LASTS),
        )
    )  # fmt: skip
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(secret=None))
    end_all(act, person)
    act.record("person.invited", person=person)
    return secret


def invited(connection: Connection, secret: str, now: str) -> Any:
    """The row of the person whom a secret invites (with `ends_at`).

    Raises:
        Refusal: 403 it is unknown, used up, too old, or the account is disabled.
    """
    row = connection.execute(
        select(PERSON, INVITATION.c.ends_at)
        .join(INVITATION, INVITATION.c.person_id == PERSON.c.id)
        .where(INVITATION.c.secret_sha256 == hash_of(secret), PERSON.c.disabled.is_(False))
    ).first()
    if row is None or row.ends_at < now:
        raise Refusal(403, "one_time", action="invitation.refused")
    return row


def accept(act: Act, secret: str, kept: str) -> int:
    """Set a password with a one-time secret, which is used up.

    Args:
        kept: the password as it is kept (`thirdeye.reading_room.people.passwords.hashed`).

    Returns:
        Whose it was.

    Raises:
        Refusal: 403 the secret is not valid.
    """
    person = int(invited(act.connection, secret, act.at).id)
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(secret=kept))
    use_up(act, person)
    act.record("password.set", person=person)
    return person


def use_up(act: Act, person: int) -> None:
    """Make a person's one-time secret void."""
    act.connection.execute(delete(INVITATION).where(INVITATION.c.person_id == person))


def recover(room: Room, login: str) -> str:
    """A one-time secret for somebody who lost the password, asked for at the machine itself.

    Args:
        login: name for signing in; a disabled account is enabled.

    Raises:
        UsageError: there is no such account.
    """
    with room.acting(None) as act:
        found = select(PERSON.c.id).where(PERSON.c.login == login.strip().casefold())
        person = act.connection.execute(found).scalar()
        if person is None:
            raise UsageError("--new-secret-for: there is no account with this name for signing in")
        act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(disabled=False))
        return invite(act, int(person))
