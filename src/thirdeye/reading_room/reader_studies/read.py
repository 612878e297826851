"""Reading in a reader study: open the next place, lock each step; the server keeps order and blinding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.reader_studies import CLOSED, LOCKED, OPENED, locked_form
from thirdeye.reading_room.opinions.states import AWAITED
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.reader_studies.lists import FINAL
from thirdeye.reading_room.reader_studies.order import Next, next_of
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, moment
from thirdeye.reading_room.store.tables import ASSIGNMENT, OPINION, PLACE, READER_STUDY, STUDY_READING
from thirdeye.reading_room.workflow.drafts import drop_draft
from thirdeye.reading_room.workflow.reveal import as_sealed
from thirdeye.reading_room.workflow.states import STUDY

LONGEST_NOTE = 10_000


def open_next(act: Act, number: int, person: Person) -> Next:
    """Open the next place of a reader's list; its images may be seen from now on, those of others not.

    Raises:
        Refusal: 403 before the washout is over, 404 not their study, 409 the study is closed.
    """
    found = next_of(act.connection, number, person, moment(act.at))
    if found.study.closed_at is not None:
        raise Refusal(409, "study_closed", action="reader_study.refused")
    if found.place is None:
        return found
    if found.from_ is not None:
        raise Refusal(403, "washout", action="reader_study.refused", case=found.place.case_id)
    if found.place.opened_at is None:
        act.connection.execute(update(PLACE).where(PLACE.c.id == found.place.id).values(opened_at=act.at))
        _leave(act, person)
        act.connection.execute(
            insert(ASSIGNMENT).values(case_id=found.place.case_id, person_id=person.id, part=STUDY,
                                      given_at=act.at, checked_at=act.at, opened_at=act.at)
        )  # fmt: skip
        act.record(OPENED, case=found.place.case_id, reader_study=number,
                   session=found.session, position=found.place.position, arm=found.place.arm)  # fmt: skip
        return next_of(act.connection, number, person, moment(act.at))
    return found


def opinion_at(act: Act, found: Next) -> Row[Any] | None:
    """The opinion that is shown at a step; None where the reader reads alone."""
    if found.place is None or found.step != FINAL:
        return None
    opinion = act.connection.execute(select(OPINION).where(OPINION.c.case_id == found.place.case_id)).first()
    if opinion is not None:
        as_sealed(opinion)
    return opinion


def lock_step(
    act: Act, number: int, person: Person, *, place: int, step: str, probability: float,
    marks: Sequence[Any] = (), note: str = "",
) -> str:  # fmt: skip
    """Lock a step; it cannot be changed.

    Args:
        place, step: that the form was for; any but the next is refused.
        probability: of the positive class, 0 to 1.
        marks, note: as in a first reading.

    Returns:
        The SHA-256 of the reading.

    Raises:
        Refusal: 409 for another place or step than the next, 403 before it was opened, 422 no probability.
    """
    found = next_of(act.connection, number, person, moment(act.at))
    if found.place is None or (found.place.id, found.step) != (place, step):
        raise Refusal(409, "not_next", action="reader_study.edit_refused")
    if found.study.closed_at is not None:
        raise Refusal(409, "study_closed", action="reader_study.refused")
    if found.place.opened_at is None:
        raise Refusal(403, "look_first", action="reader_study.refused")
    if not (math.isfinite(probability) and 0 <= probability <= 1):
        raise Refusal(422, "probability")
    if len(note) > LONGEST_NOTE:
        raise Refusal(422, "too_much")
    opinion = opinion_at(act, found)
    if opinion is not None and opinion.state == AWAITED:
        raise Refusal(403, "opinion_waits")
    seen = None if opinion is None else opinion.sha256
    began = _began(act, found)
    form = locked_form(place=place, step=step, person=person.id, probability=probability, marks=marks,
                       note=note, opinion=seen, opened_at=began, locked_at=act.at)  # fmt: skip
    sealed = digest(form)
    seconds = (moment(act.at) - moment(began)).total_seconds()
    act.connection.execute(
        insert(STUDY_READING).values(
            place_id=place, step=step, probability=probability, marks=list(marks), note=note, seconds=seconds,
            opinion_sha256=seen, locked_at=act.at, sha256=sealed,
        )
    )  # fmt: skip
    drop_draft(act, found.place.case_id, person, STUDY)
    act.record(LOCKED, case=found.place.case_id, reader_study=number, step=step, sha256=sealed,
               opinion=seen, seconds=round(seconds, 3))  # fmt: skip
    after = next_of(act.connection, number, person, moment(act.at))
    if after.place is None or after.place.id != place:
        _leave(act, person)
    return sealed


def close_study(act: Act, number: int) -> None:
    """No further reading; what was read stays."""
    open_ = (READER_STUDY.c.id == number, READER_STUDY.c.closed_at.is_(None))
    if act.connection.execute(update(READER_STUDY).where(*open_).values(closed_at=act.at)).rowcount != 1:
        raise Refusal(409, "study_closed")
    act.record(CLOSED, reader_study=number)


def _began(act: Act, found: Next) -> str:
    """When the step began: with the opening, or with the lock of the step before."""
    place: Any = found.place
    before = act.connection.execute(
        select(func.max(STUDY_READING.c.locked_at)).where(STUDY_READING.c.place_id == place.id)
    ).scalar()
    return str(before or place.opened_at)


def _leave(act: Act, person: Person) -> None:
    """The images of places that are done are shown no more: nobody rehearses for the next session."""
    own = (ASSIGNMENT.c.person_id == person.id, ASSIGNMENT.c.part == STUDY)
    act.connection.execute(delete(ASSIGNMENT).where(*own))
