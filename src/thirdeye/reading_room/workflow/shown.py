"""The record of exactly what somebody was shown: the words themselves, and the hashes of the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import SHOWN

OPINION, PICTURE, STATEMENT, DISCLOSURE = "opinion", "picture", "statement", "disclosure"


def remember(act: Act, case: str, person: Person, kind: str, content: Mapping[str, Any]) -> str:
    """Keep what is about to be shown; the same content again is kept once.

    Args:
        kind: one of the constants of this module.
        content: JSON-ready, without identities.

    Returns:
        The SHA-256 of the content.
    """
    sealed = digest(content)
    known = select(SHOWN.c.id).where(
        SHOWN.c.case_id == case, SHOWN.c.person_id == person.id, SHOWN.c.kind == kind,
        SHOWN.c.sha256 == sealed,
    )  # fmt: skip
    if act.connection.execute(known).first() is None:
        act.connection.execute(
            insert(SHOWN).values(
                case_id=case, person_id=person.id, kind=kind, sha256=sealed, content=dict(content), at=act.at
            )
        )  # fmt: skip
        act.record(f"{kind}.shown", case=case, shown=sealed)
    return sealed
