"""The first reading: the right patient, the clock, the lock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, moment
from thirdeye.reading_room.store.tables import ASSIGNMENT, READING
from thirdeye.reading_room.workflow.after_lock import after_lock
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.drafts import drop_draft
from thirdeye.reading_room.workflow.marks import MOST_MARKS
from thirdeye.reading_room.workflow.question import choices
from thirdeye.reading_room.workflow.states import STUDY

LONGEST_NOTE = 10_000


def checked(act: Act, case: str, person: Person) -> None:
    """The reader says that patient, examination and side are right."""
    row = case_of(act.connection, case, person)
    if row.checked_at is None:
        _assigned(act, case, person, row.part, checked_at=act.at)
        act.record("case.checked", case=case)


def opened(act: Act, case: str, person: Person) -> None:
    """The images are shown for the first time: the clock starts.

    Raises:
        Refusal: 403 before the check.
    """
    row = case_of(act.connection, case, person)
    if row.checked_at is None:
        raise Refusal(403, "check_first", action="reading.refused", case=case)
    if row.opened_at is None:
        _assigned(act, case, person, row.part, opened_at=act.at)
        act.record("reading.opened", case=case)


def lock(
    act: Act,
    case: str,
    person: Person,
    *,
    probability: float,
    answer: str | None = None,
    marks: Sequence[Any] = (),
    note: str = "",
) -> str:
    """Lock somebody's reading; from now on it cannot be changed.

    Args:
        probability: of the positive class, else of `answer`, 0 to 1; theirs alone, without a value to start
            from.
        answer: a class of the study, where it has several and no positive one; else None.
        marks: JSON-ready, see `workflow.marks`.
        note: free text.

    Returns:
        The SHA-256 of the reading.

    Raises:
        Refusal: 409 when it is locked already, 403 before the images were shown, 422 for no probability.
    """
    row = case_of(act.connection, case, person)
    if (before := locked_reading(act.connection, case, person)) is not None and before.part == row.part:
        raise Refusal(409, "locked", action="reading.edit_refused", case=case)
    if row.part == STUDY:
        raise Refusal(403, "in_a_study", action="reading.refused", case=case)
    if row.opened_at is None:
        raise Refusal(403, "look_first", action="reading.refused", case=case)
    if not (math.isfinite(probability) and 0 <= probability <= 1):
        raise Refusal(422, "probability")
    named = _answer(row, answer)
    if len(note) > LONGEST_NOTE or len(marks) > MOST_MARKS:
        raise Refusal(422, "too_much")
    form = {"case": case, "person": person.id, "part": row.part, "probability": probability,
            "answer": named, "marks": list(marks), "note": note, "opened_at": row.opened_at,
            "locked_at": act.at}  # fmt: skip
    sealed = digest(form)
    seconds = (moment(act.at) - moment(row.opened_at)).total_seconds()
    kept = add(act.connection, READING, {
        "case_id": case, "person_id": person.id, "part": row.part, "probability": probability,
        "answer": named, "marks": list(marks), "note": note, "opened_at": row.opened_at,
        "locked_at": act.at, "seconds": seconds, "sha256": sealed,
    })  # fmt: skip
    drop_draft(act, case, person, row.part)
    act.record("reading.locked", case=case, part=row.part, sha256=sealed, seconds=round(seconds, 3), **kept)
    after_lock(act, row, person, probability=probability, answer=named)
    return sealed


def _answer(row: Any, answer: str | None) -> str | None:
    """The class that a reader names, where the study asks for one."""
    known = choices(row)
    if not known:
        return None
    if answer not in known:
        raise Refusal(422, "answer")
    return answer


def _assigned(act: Act, case: str, person: Person, part: str, **values: str) -> None:
    theirs = (ASSIGNMENT.c.case_id == case, ASSIGNMENT.c.person_id == person.id, ASSIGNMENT.c.part == part)
    act.connection.execute(update(ASSIGNMENT).where(*theirs).values(**values))
