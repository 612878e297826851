"""Cases as somebody may see them: what is not theirs is not there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, IMAGE, READING, STUDY
from thirdeye.reading_room.workflow.states import FIRST, SECOND, WAITING
from thirdeye.reading_room.workflow.states import READING as BEING_READ


def case_of(connection: Connection, case: str, person: Person) -> Row[Any]:
    """A case that somebody reads, with their assignment and the study's policy.

    Returns:
        A row with the columns of the case, ``part``, ``checked_at``, ``opened_at``, ``policy``, ``classes``,
        ``positive``, ``task`` and ``model_sha256``.

    Raises:
        Refusal: 404 for a case that does not exist or is somebody else's.
    """
    row = connection.execute(
        select(
            CASE, ASSIGNMENT.c.part, ASSIGNMENT.c.checked_at, ASSIGNMENT.c.opened_at, STUDY.c.policy,
            STUDY.c.classes, STUDY.c.positive, STUDY.c.task, STUDY.c.model_sha256,
        )
        .join(ASSIGNMENT, ASSIGNMENT.c.case_id == CASE.c.id)
        .join(STUDY, STUDY.c.id == CASE.c.study_id)
        .where(CASE.c.id == case, ASSIGNMENT.c.person_id == person.id)
        .order_by(ASSIGNMENT.c.id.desc())
    ).first()  # fmt: skip
    if row is None:
        raise Refusal(404, "no_such_case", action="case.refused")
    return row


def images_of(connection: Connection, case: str) -> list[Row[Any]]:
    """The images of a case, in their order."""
    return list(connection.execute(select(IMAGE).where(IMAGE.c.case_id == case).order_by(IMAGE.c.position)))


def locked_reading(connection: Connection, case: str, person: Person) -> Row[Any] | None:
    """Somebody's locked reading of a case; None before it is locked."""
    wanted = select(READING).where(READING.c.case_id == case, READING.c.person_id == person.id)
    return connection.execute(wanted.order_by(READING.c.id.desc())).first()


def take(act: Act, case: str, person: Person, *, part: str = FIRST) -> None:
    """Take a waiting case; somebody who has it already goes on with it.

    Raises:
        Refusal: 404 for a case that does not exist or is somebody else's.
    """
    theirs = select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.case_id == case, ASSIGNMENT.c.person_id == person.id)
    if act.connection.execute(theirs).first():
        return
    free = update(CASE).where(CASE.c.id == case, CASE.c.state == WAITING)
    if act.connection.execute(free.values(state=BEING_READ)).rowcount != 1:
        raise Refusal(404, "no_such_case", action="case.refused")
    act.connection.execute(
        insert(ASSIGNMENT).values(case_id=case, person_id=person.id, part=part, given_at=act.at)
    )
    act.record("case.taken", case=case, part=part)


def second_part(part: str) -> bool:
    """Whether a part is that of a second reader, who sees neither opinion before deciding."""
    return part == SECOND
