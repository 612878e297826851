"""What a reader has entered and not yet locked: kept by the server, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import DRAFT
from thirdeye.reading_room.workflow.cases import case_of, locked_reading

_EMPTY: dict[str, Any] = {"probability_percent": None, "answer": "", "note": "", "marks": []}


def save_draft(act: Act, case: str, person: Person, form: Mapping[str, Any]) -> None:
    """Keep a draft in the place of the one before. It is no act of reading: the audit does not name it.

    Args:
        form: JSON-ready: ``probability_percent``, ``answer``, ``note`` and ``marks``, see `lock`.

    Raises:
        Refusal: 403 before the images were shown, 404 somebody else's case, 409 the reading is locked.
    """
    row = case_of(act.connection, case, person)
    before = locked_reading(act.connection, case, person)
    if before is not None and before.part == row.part:
        raise Refusal(409, "locked")
    if row.opened_at is None:
        raise Refusal(403, "look_first", action="reading.refused", case=case)
    drop_draft(act, case, person, row.part)
    act.connection.execute(
        insert(DRAFT).values(case_id=case, person_id=person.id, part=row.part, form=dict(form), at=act.at)
    )


def draft_of(connection: Connection, case: str, person: Person, part: str) -> dict[str, Any]:
    """Somebody's draft; where there is none, one without a probability, a note or marks."""
    wanted = select(DRAFT.c.form).where(*_theirs(case, person, part))
    return _EMPTY | dict(connection.execute(wanted).scalar() or {})


def drop_draft(act: Act, case: str, person: Person, part: str) -> None:
    """Forget a draft."""
    act.connection.execute(delete(DRAFT).where(*_theirs(case, person, part)))


def _theirs(case: str, person: Person, part: str) -> tuple[Any, ...]:
    return DRAFT.c.case_id == case, DRAFT.c.person_id == person.id, DRAFT.c.part == part
