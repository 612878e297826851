"""Accounts of the room and of the house: who is who."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from thirdeye.reading_room.people.accounts import person_of
from thirdeye.reading_room.people.house.forged import Forged
from thirdeye.reading_room.people.invitations import use_up
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import INVITATION, PERSON


def known(connection: Connection, subject: str) -> Person | None:
    """Who in the room this is; None for nobody, or a disabled account."""
    row = connection.execute(
        select(PERSON).where(PERSON.c.subject == subject, PERSON.c.disabled.is_(False))
    ).first()
    return None if row is None else person_of(row)


def connect(act: Act, person: int, subject: str, *, invitation: str) -> Person:
    """From now on somebody signs in with an account of the house.

    Args:
        person: whose account of the room.
        subject: issuer and subject.
        invitation: hash of the one-time secret that allows it, which is used up; "": they are signed in.

    Raises:
        Forged: the secret is void, or the account of the house belongs to somebody else here.
    """
    row = act.connection.execute(
        select(PERSON).where(PERSON.c.id == person, PERSON.c.disabled.is_(False))
    ).first()
    if row is None or (invitation and not _holds(act, person, invitation)):
        raise Forged("invitation")
    taken = select(PERSON.c.id).where(PERSON.c.subject == subject, PERSON.c.id != person)
    if act.connection.execute(taken).first():
        raise Forged("taken")
    act.connection.execute(update(PERSON).where(PERSON.c.id == person).values(subject=subject))
    use_up(act, person)
    act.record("person.connected", person=person)
    return person_of(row)


def _holds(act: Act, person: int, invitation: str) -> bool:
    held = select(INVITATION.c.ends_at).where(
        INVITATION.c.person_id == person, INVITATION.c.secret_sha256 == invitation
    )
    ends_at = act.connection.execute(held).scalar()
    return ends_at is not None and ends_at >= act.at
