"""Cases as somebody may see them: what is not theirs is not there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, IMAGE, READING, STUDY
from thirdeye.reading_room.workflow.planted import perhaps_plant, planted
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.states import FIRST, UNAIDED, WAITING
from thirdeye.reading_room.workflow.states import READING as BEING_READ


def case_of(connection: Connection, case: str, person: Person) -> Row[Any]:
    """A case that somebody reads, with their assignment and the study's policy.

    Returns:
        A row with the columns of the case, ``part``, ``checked_at``, ``opened_at``, ``policy``, ``classes``,
        ``names``, ``positive``, ``task`` and ``model_sha256``.

    Raises:
        Refusal: 404 for a case that does not exist or is somebody else's.
    """
    row = connection.execute(
        select(
            CASE, ASSIGNMENT.c.part, ASSIGNMENT.c.checked_at, ASSIGNMENT.c.opened_at, STUDY.c.policy,
            STUDY.c.classes, STUDY.c.names, STUDY.c.positive, STUDY.c.task, STUDY.c.model_sha256,
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
    free = update(CASE).where(CASE.c.id == case, CASE.c.state == WAITING, free_for(person))
    if act.connection.execute(free.values(state=BEING_READ)).rowcount != 1:
        raise Refusal(404, "not_waiting", action="case.refused")
    part = _due(act, case, person) if part == FIRST else part
    act.connection.execute(
        insert(ASSIGNMENT).values(case_id=case, person_id=person.id, part=part, given_at=act.at)
    )
    act.record("case.taken", case=case, part=part)


def free_for(person: Person) -> ColumnElement[bool]:
    """Cases that wait for anybody, or for this person alone."""
    return or_(CASE.c.reserved_for.is_(None), CASE.c.reserved_for == person.id)


def _due(act: Act, case: str, person: Person) -> str:
    """Whether this case is read with or without the machine; a case may be planted for later."""
    study, form = act.connection.execute(
        select(STUDY.c.id, STUDY.c.policy).join(CASE, CASE.c.study_id == STUDY.c.id).where(CASE.c.id == case)
    ).one()
    policy = Policy.of(form)
    if planted(act.connection, case) is not None:
        return FIRST
    perhaps_plant(act, person, study, policy.planted)
    if not policy.unaided_every:
        return FIRST
    before = act.connection.execute(
        select(func.count())
        .select_from(ASSIGNMENT.join(CASE, CASE.c.id == ASSIGNMENT.c.case_id))
        .where(ASSIGNMENT.c.person_id == person.id, CASE.c.study_id == study)
        .where(ASSIGNMENT.c.part.in_((FIRST, UNAIDED)))
    ).scalar_one()
    return UNAIDED if (before + 1) % policy.unaided_every == 0 else FIRST
