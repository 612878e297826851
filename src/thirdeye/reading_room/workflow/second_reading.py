"""The second reader, and a third where two differ: neither knows what the others or the machine said."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy import case as when

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, DECISION, DRAFT, READING, STUDY
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.question import agree
from thirdeye.reading_room.workflow.states import DECIDED, FIRST, SECOND, SECOND_READER, THIRD, THIRD_READER

PART_OF = {SECOND_READER: SECOND, THIRD_READER: THIRD}  # state of a case to the part that it waits for
BLIND = (SECOND, THIRD)  # parts of those who are shown no opinion


@dataclass(frozen=True)
class Result:
    """What the readers of a case hold, all together.

    Args:
        probability: 0 to 1.
        answer: a class, where the study asks for one.
        how: "first" (one reader), "agreed" (two say the same), "median" or "majority" of three, "third" (all
            three name another class; the third counts).
        values: (part, answer, probability) of each.
    """

    probability: float
    answer: str | None
    how: str
    values: tuple[tuple[str, str | None, float], ...]


def queue(connection: Connection, person: Person) -> list[Row[Any]]:
    """Cases that wait for somebody who has not read them, and those that this person has begun."""
    mine = select(ASSIGNMENT.c.case_id).where(ASSIGNMENT.c.person_id == person.id)
    begun = mine.where(ASSIGNMENT.c.part.in_(BLIND)).where(
        ~select(READING.c.id)
        .where(
            READING.c.case_id == ASSIGNMENT.c.case_id, READING.c.person_id == person.id,
            READING.c.part == ASSIGNMENT.c.part,
        )
        .exists()
    )  # fmt: skip
    taken = (
        select(ASSIGNMENT.c.id)
        .where(ASSIGNMENT.c.case_id == CASE.c.id, ASSIGNMENT.c.part == _part())
        .exists()
    )
    free = CASE.c.id.not_in(mine) & ~taken
    rows = connection.execute(
        select(CASE.c.id, CASE.c.state, CASE.c.facts, CASE.c.received_at, CASE.c.id.in_(begun).label("begun"))
        .where(CASE.c.state.in_(PART_OF), free | CASE.c.id.in_(begun))
        .order_by(CASE.c.received_at)
        .limit(200)
    )
    return list(rows)


def take_second(act: Act, case: str, person: Person) -> None:
    """Take a case of the queue.

    Raises:
        Refusal: 404 for a case that is not in it, that somebody else has taken, or that this person has read.
    """
    state = act.connection.execute(select(CASE.c.state).where(CASE.c.id == case)).scalar()
    row = next((one for one in queue(act.connection, person) if one.id == case), None)
    if row is None or state not in PART_OF:
        raise Refusal(404, "no_such_case", action="case.refused")
    if row.begun:
        return
    part = PART_OF[state]
    act.connection.execute(
        insert(ASSIGNMENT).values(case_id=case, person_id=person.id, part=part, given_at=act.at)
    )
    act.record("case.taken", case=case, part=part)


def give_back(act: Act, case: str, person: Person) -> None:
    """Give back a case that was taken and not read; it waits for somebody else.

    Raises:
        Refusal: 404 for a case that this person has not begun, or has read.
    """
    if not any(one.begun for one in queue(act.connection, person) if one.id == case):
        raise Refusal(404, "no_such_case", action="case.refused")
    act.connection.execute(delete(DRAFT).where(DRAFT.c.case_id == case, DRAFT.c.person_id == person.id))
    act.connection.execute(
        delete(ASSIGNMENT).where(
            ASSIGNMENT.c.case_id == case, ASSIGNMENT.c.person_id == person.id, ASSIGNMENT.c.part.in_(BLIND)
        )
    )
    act.record("case.released", case=case)


def settle(act: Act, case: str) -> None:
    """After a second or third reading: the case is decided, or goes to a third reader."""
    policy = act.connection.execute(
        select(STUDY.c.policy).join(CASE, CASE.c.study_id == STUDY.c.id).where(CASE.c.id == case)
    ).scalar_one()
    found = result_of(act.connection, case, within=Policy.of(policy).second_reader_at)
    state = THIRD_READER if found.how == "differ" else DECIDED
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=state))
    act.record("case.settled", case=case, how=found.how)


def result_of(connection: Connection, case: str, *, within: float) -> Result:
    """What the readers hold; ``how`` is "differ" where two differ and a third is still to read.

    Args:
        case: with a first decision.
        within: difference of probabilities from which two readers differ.
    """
    first = connection.execute(
        select(DECISION).where(DECISION.c.case_id == case).order_by(DECISION.c.id)
    ).first()
    if first is None:
        raise Refusal(403, "decide_first", action="signature.refused", case=case)
    blind = {
        row.part: row
        for row in connection.execute(
            select(READING).where(READING.c.case_id == case, READING.c.part.in_(BLIND))
        )
    }
    held = [first, *(blind[part] for part in BLIND if part in blind)]
    names = (FIRST, *BLIND)
    values = tuple((part, one.answer, one.probability) for part, one in zip(names, held, strict=False))
    probability, answer, how = _together(held, within)
    return Result(probability, answer, how, values)


def _together(held: list[Any], within: float) -> tuple[float, str | None, str]:
    first = held[0]
    if len(held) == 1:
        return first.probability, first.answer, "first"
    if len(held) == 2:
        return first.probability, first.answer, "agreed" if agree(*held, within=within) else "differ"
    answers = [one.answer for one in held]
    chosen = max(answers, key=answers.count)
    if answers.count(chosen) == 1:
        return held[-1].probability, held[-1].answer, "third"
    kept = [one.probability for one in held if one.answer == chosen]
    return median(kept), chosen, "median" if len(kept) == len(held) else "majority"


def _part() -> Any:
    """The part that a case waits for, in SQL."""
    return when(*((CASE.c.state == state, part) for state, part in PART_OF.items()), else_="")
