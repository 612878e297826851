"""Where a case goes once a reading of it is locked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, DECISION
from thirdeye.reading_room.workflow.second_reading import BLIND, settle
from thirdeye.reading_room.workflow.states import DECIDED, FIRST, LOCKED, UNAIDED

ALONE = "alone"  # the choice of somebody who was shown no opinion


def after_lock(act: Act, row: Any, person: Person, *, probability: float, answer: str | None) -> None:
    """Send a case on.

    Args:
        row: of `thirdeye.reading_room.workflow.cases.case_of`.
        person: whose reading was locked.
        probability, answer: of the reading.
    """
    if row.part == FIRST:
        act.connection.execute(update(CASE).where(CASE.c.id == row.id).values(state=LOCKED))
    elif row.part in BLIND:
        settle(act, row.id)
    elif row.part == UNAIDED:
        stand_alone(act, row, person, probability=probability, answer=answer)


def stand_alone(
    act: Act, row: Any, person: Person, *, probability: float, answer: str | None, reason: str = ""
) -> None:
    """A reading stands as it is, without an opinion of the machine."""
    kept = add(act.connection, DECISION, {
        "case_id": row.id, "person_id": person.id, "part": row.part, "choice": ALONE,
        "probability": probability, "answer": answer, "reason": reason, "second_reader": False, "at": act.at,
    })  # fmt: skip
    act.connection.execute(update(CASE).where(CASE.c.id == row.id).values(state=DECIDED))
    act.record("decision.made", case=row.id, choice=ALONE, second_reader=False, **kept)
