"""The outcome: what the case truly was, and how that was proven. Entries are added, the last one counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.people.person import DATA_MANAGER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, DELIVERY, OUTCOME, PLANTED, STUDY
from thirdeye.reading_room.workflow.question import outcomes
from thirdeye.reading_room.workflow.states import CLOSED, SIGNED

PROOFS = ("histology", "follow_up", "other_examination", "consensus", "other")


def awaited(connection: Connection, person: Person) -> list[Row[Any]]:
    """Signed cases whose outcome somebody may enter, those without one first."""
    wanted = (
        select(
            CASE.c.id, CASE.c.state, CASE.c.facts, CASE.c.received_at, STUDY.c.name,
            exists().where(OUTCOME.c.case_id == CASE.c.id).label("known"), DELIVERY.c.state.label("delivery"),
        )
        .outerjoin(DELIVERY, DELIVERY.c.case_id == CASE.c.id)
        .join(STUDY, STUDY.c.id == CASE.c.study_id)
        .where(CASE.c.state.in_((SIGNED, CLOSED)), CASE.c.id.not_in(select(PLANTED.c.case_id)))
    )  # fmt: skip
    if not person.may(DATA_MANAGER):
        mine = select(ASSIGNMENT.c.case_id).where(ASSIGNMENT.c.person_id == person.id)
        wanted = wanted.where(CASE.c.id.in_(mine))
    return list(connection.execute(wanted.order_by("known", CASE.c.received_at).limit(200)))


def outcome_case(connection: Connection, case: str, person: Person) -> Row[Any]:
    """A case whose outcome somebody may enter, with the classes of its study.

    Raises:
        Refusal: 404 for a case that does not exist, is not theirs or is planted, 403 before it is signed.
    """
    wanted = select(CASE, STUDY.c.classes, STUDY.c.names, STUDY.c.positive, STUDY.c.task).join(
        STUDY, STUDY.c.id == CASE.c.study_id
    )
    wanted = wanted.where(CASE.c.id == case, CASE.c.id.not_in(select(PLANTED.c.case_id)))
    if not person.may(DATA_MANAGER):
        mine = select(ASSIGNMENT.c.case_id).where(ASSIGNMENT.c.person_id == person.id)
        wanted = wanted.where(CASE.c.id.in_(mine))
    row = connection.execute(wanted).first()
    if row is None:
        raise Refusal(404, "no_such_case", action="case.refused")
    if row.state not in (SIGNED, CLOSED):
        raise Refusal(403, "sign_first", action="outcome.refused", case=case)
    return row


def known_outcomes(connection: Connection, case: str) -> list[Row[Any]]:
    """What was entered, the last first."""
    return list(
        connection.execute(select(OUTCOME).where(OUTCOME.c.case_id == case).order_by(OUTCOME.c.id.desc()))
    )


def enter_outcome(
    act: Act, case: str, person: Person, *, truth: str, proof: str, on_date: str | None = None
) -> None:
    """Enter what a case truly was.

    Args:
        truth: a class of the study.
        proof: one of `PROOFS`.
        on_date: day of the proof, ISO 8601; None: not known.

    Raises:
        Refusal: as of `outcome_case`; 422 for another class, another proof, or a day that is none or to come.
    """
    row = outcome_case(act.connection, case, person)
    if truth not in outcomes(row):
        raise Refusal(422, "truth")
    if proof not in PROOFS:
        raise Refusal(422, "proof")
    kept = add(act.connection, OUTCOME, {
        "case_id": case, "person_id": person.id, "truth": truth, "proof": proof,
        "on_date": _day(on_date, act.at), "at": act.at,
    })  # fmt: skip
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=CLOSED))
    act.record("outcome.entered", case=case, proof=proof, **kept)


def _day(text: str | None, now: str) -> str | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal(422, "day") from None
    if day.isoformat() > now[:10]:
        raise Refusal(422, "day")
    return day.isoformat()
