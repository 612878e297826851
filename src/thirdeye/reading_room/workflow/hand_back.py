"""A case given back, made more urgent, kept back because it is the wrong one, or let go on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from thirdeye.reading_room.people.person import DATA_MANAGER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, DRAFT
from thirdeye.reading_room.workflow.cases import case_of, free_for, locked_reading
from thirdeye.reading_room.workflow.states import DISCARDED, QUARANTINED, WAITING
from thirdeye.reading_room.workflow.states import READING as BEING_READ

WRONG = "said_wrong"  # reason of a case that its reader found to be the wrong one
RELEASABLE = (
    "two_patients",
    "same_uid",
    WRONG,
)  # reasons that a person can look into; others are not readable
PRIORITIES = (0, 1, 2)


def release(act: Act, case: str, person: Person) -> None:
    """Give a case back; it waits for anybody again. What was begun is forgotten, the audit remembers it.

    Raises:
        Refusal: 404 not theirs, 409 their reading is locked.
    """
    _let_go(act, case, person, state=WAITING)
    act.record("case.released", case=case)


def wrong(act: Act, case: str, person: Person) -> None:
    """The reader says that patient, examination or side are not right: kept back for the data manager.

    Raises:
        Refusal: as `release`.
    """
    _let_go(act, case, person, state=QUARANTINED, reason=WRONG)
    act.record("case.kept_back", case=case, why=WRONG)


def prioritise(act: Act, case: str, person: Person, priority: int) -> None:
    """Say how urgent a case is that waits or is being read: of anybody for a data manager, else one's own.

    Raises:
        Refusal: 404 no such case, or somebody else's; 422 not a priority.
    """
    if priority not in PRIORITIES:
        raise Refusal(422, "priority")
    waiting = update(CASE).where(CASE.c.id == case, CASE.c.state.in_((WAITING, BEING_READ)))
    if not person.may(DATA_MANAGER):
        mine = select(ASSIGNMENT.c.case_id).where(ASSIGNMENT.c.person_id == person.id)
        free = and_(CASE.c.state == WAITING, free_for(person))
        waiting = waiting.where(or_(free, CASE.c.id.in_(mine)))
    if act.connection.execute(waiting.values(priority=priority)).rowcount != 1:
        raise Refusal(404, "no_such_case", action="case.refused")
    act.record("case.prioritised", case=case, priority=priority)


def let_go_on(act: Act, case: str) -> None:
    """A case that was kept back goes on to the worklist, its reason kept among its warnings.

    Raises:
        Refusal: 404 not kept back, 409 it cannot be read.
    """
    row = _kept_back(act, case)
    if row.reason not in RELEASABLE:
        raise Refusal(409, "not_readable", action="case.let_go_refused", case=case)
    warnings = [*row.warnings, f"warning_{row.reason}"]
    act.connection.execute(
        update(CASE).where(CASE.c.id == case).values(state=WAITING, warnings=warnings, reason=None)
    )
    act.record("case.let_go_on", case=case, was=row.reason)


def discard(act: Act, case: str) -> None:
    """A case that was kept back is put away for good; its files stay for whoever has to look into it.

    Raises:
        Refusal: 404 not kept back.
    """
    row = _kept_back(act, case)
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=DISCARDED))
    act.record("case.discarded", case=case, was=row.reason)


def _kept_back(act: Act, case: str) -> Any:
    row = act.connection.execute(
        select(CASE.c.reason, CASE.c.warnings).where(CASE.c.id == case, CASE.c.state == QUARANTINED)
    ).first()
    if row is None:
        raise Refusal(404, "no_such_case", action="case.refused")
    return row


def _let_go(act: Act, case: str, person: Person, **values: str) -> None:
    row, reading = case_of(act.connection, case, person), locked_reading(act.connection, case, person)
    if row.state != BEING_READ or (reading is not None and reading.part == row.part):
        raise Refusal(409, "not_released", action="case.release_refused", case=case)
    act.connection.execute(delete(DRAFT).where(DRAFT.c.case_id == case, DRAFT.c.person_id == person.id))
    act.connection.execute(
        delete(ASSIGNMENT).where(ASSIGNMENT.c.case_id == case, ASSIGNMENT.c.person_id == person.id)
    )
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(**values))
