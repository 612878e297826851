"""Which place is next, and when: the order of the list, one session after the other, the washout between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.reader_studies.lists import steps
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import instant, moment
from thirdeye.reading_room.store.tables import PLACE, READER_STUDY, STUDY_READING


@dataclass(frozen=True)
class Next:
    """Where a reader stands.

    Args:
        study: row of the reader study.
        place: row of the next place; None: all is read.
        step: "first" or "final", what is to be given there; "" when all is read.
        done, total: places of the session.
        session: the present one.
        from_: instant from which the session may begin; None: it has begun, or may.
    """

    study: Row[Any]
    place: Row[Any] | None
    step: str
    done: int
    total: int
    session: int
    from_: str | None


def next_of(connection: Connection, number: int, person: Person, now: datetime) -> Next:
    """Where a reader stands in a reader study.

    Args:
        number: of the reader study.
        person: who reads.
        now: the present instant.

    Raises:
        Refusal: 404 for a study that does not exist or is not theirs.
    """
    study = connection.execute(select(READER_STUDY).where(READER_STUDY.c.id == number)).first()
    own = (PLACE.c.reader_study_id == number, PLACE.c.person_id == person.id)
    places = list(connection.execute(select(PLACE).where(*own).order_by(PLACE.c.session, PLACE.c.position)))
    if study is None or not places:
        raise Refusal(404, "no_such_study", action="reader_study.refused")
    given: dict[int, set[str]] = {}
    read = select(STUDY_READING.c.place_id, STUDY_READING.c.step).join(PLACE).where(*own)
    for row in connection.execute(read):
        given.setdefault(row.place_id, set()).add(row.step)
    for place in places:
        left = [step for step in steps(study.design, place.arm) if step not in given.get(place.id, ())]
        if left:
            session = [one for one in places if one.session == place.session]
            begins = _begins(connection, study, person, place.session, place.position)
            waits = begins if begins is not None and begins > instant(now) else None
            return Next(study, place, left[0], place.position - 1, len(session), place.session, waits)
    last = places[-1].session
    return Next(study, None, "", len(places), len(places), last, None)


def _begins(
    connection: Connection, study: Row[Any], person: Person, session: int, position: int
) -> str | None:
    """When a session may begin: the washout after the reader's last reading of the one before."""
    if session == 1 or position > 1:
        return None
    last = connection.execute(
        select(func.max(STUDY_READING.c.locked_at)).join(PLACE).where(
            PLACE.c.reader_study_id == study.id, PLACE.c.person_id == person.id, PLACE.c.session < session
        )
    ).scalar_one()  # fmt: skip
    return instant(moment(last) + timedelta(days=study.washout_days))
