"""The second opinion is shown, once the first reading is locked; what was shown is on record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import DECISION, OPINION, REVEAL
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.states import FIRST


def reveal(act: Act, case: str, person: Person) -> Row[Any]:
    """The opinion on a case, for somebody who has read it.

    Returns:
        The row of the opinion; its ``state`` may be "waiting" or "failed".

    Raises:
        Refusal: 403 before their reading is locked (unless the study says otherwise), for a second reader,
            for a case that is read without the machine, before its images were shown, and after a decision
            without it; 404 not theirs; 409 the opinion is not the one that was sealed.
    """
    row = case_of(act.connection, case, person)
    if locked_reading(act.connection, case, person) is None and Policy.of(row.policy).lock_first:
        raise Refusal(403, "read_first", action="opinion.refused", case=case)
    if row.opened_at is None:
        raise Refusal(403, "look_first", action="opinion.refused", case=case)
    if row.part != FIRST:
        raise Refusal(403, "without_opinion", action="opinion.refused", case=case)
    opinion = act.connection.execute(select(OPINION).where(OPINION.c.case_id == case)).first()
    if opinion is None:
        raise Refusal(404, "no_opinion")
    as_sealed(opinion)
    if opinion.state == READY and shown_to(act, case, person) is None:
        _refuse_late(act, case, person)
        kept = add(act.connection, REVEAL, {
            "case_id": case, "person_id": person.id, "opinion_sha256": opinion.sha256,
            "model_sha256": opinion.model_sha256, "at": act.at,
        })  # fmt: skip
        act.record("opinion.revealed", case=case, opinion=opinion.sha256, model=opinion.model_sha256, **kept)
    return opinion


def as_sealed(opinion: Row[Any]) -> None:
    """An opinion that is there is the one that was sealed when it was made.

    Raises:
        Refusal: 409 it was changed in the store.
    """
    if opinion.state == READY and digest(opinion.form) != opinion.sha256:
        raise Refusal(409, "opinion_changed", action="opinion.changed", case=opinion.case_id)


def shown_to(act: Act, case: str, person: Person) -> Row[Any] | None:
    """That somebody was shown the opinion; None where they were not."""
    theirs = select(REVEAL).where(REVEAL.c.case_id == case, REVEAL.c.person_id == person.id)
    return act.connection.execute(theirs).first()


def saw_first(shown: Row[Any] | None, reading: Row[Any]) -> bool:
    """Whether somebody had seen the opinion when they locked their reading (concurrent reading)."""
    return shown is not None and bool(shown.at <= reading.locked_at)


def _refuse_late(act: Act, case: str, person: Person) -> None:
    """What was decided without an opinion is not compared with one afterwards."""
    made = select(DECISION.c.id).where(DECISION.c.case_id == case, DECISION.c.person_id == person.id)
    if act.connection.execute(made).first() is not None:
        raise Refusal(403, "without_opinion", action="opinion.refused", case=case)
