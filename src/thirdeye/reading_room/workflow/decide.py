"""The decision after the second opinion: keep, change or contest; large changes go to a second reader."""

from __future__ import annotations

import math

from sqlalchemy import insert, select, update

from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, DECISION, REVEAL
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.states import DECIDED, SECOND_READER

KEEP, CHANGE, CONTEST = "keep", "change", "contest"
CHOICES = (KEEP, CHANGE, CONTEST)


def decide(
    act: Act, case: str, person: Person, *, choice: str, probability: float | None = None, reason: str = ""
) -> bool:
    """Decide about a case whose opinion was shown.

    Args:
        choice: one of `CHOICES`.
        probability: the new one (change); None: as locked.
        reason: needed for a change and a contest.

    Returns:
        Whether the case goes to a second reader.

    Raises:
        Refusal: 403 before the opinion was shown, 409 decided already, 422 without a reason or a new value.
    """
    row, reading = case_of(act.connection, case, person), locked_reading(act.connection, case, person)
    shown = select(REVEAL.c.id).where(REVEAL.c.case_id == case, REVEAL.c.person_id == person.id)
    if reading is None or act.connection.execute(shown).first() is None:
        raise Refusal(403, "see_first", action="decision.refused", case=case)
    before = select(DECISION.c.id).where(DECISION.c.case_id == case, DECISION.c.person_id == person.id)
    if act.connection.execute(before).first() is not None:
        raise Refusal(409, "decided", action="decision.edit_refused", case=case)
    final = _final(choice, probability, reading.probability, reason)
    second = choice == CONTEST or abs(final - reading.probability) >= Policy.of(row.policy).second_reader_at
    act.connection.execute(
        insert(DECISION).values(
            case_id=case, person_id=person.id, part=row.part, choice=choice, probability=final,
            reason=reason.strip(), second_reader=second, at=act.at,
        )
    )  # fmt: skip
    state = SECOND_READER if second else DECIDED
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=state))
    act.record("decision.made", case=case, choice=choice, second_reader=second)
    return second


def _final(choice: str, probability: float | None, locked: float, reason: str) -> float:
    if choice not in CHOICES:
        raise Refusal(422, "choice")
    if choice != KEEP and not reason.strip():
        raise Refusal(422, "reason")
    if choice != CHANGE:
        return locked
    if probability is None or not (math.isfinite(probability) and 0 <= probability <= 1):
        raise Refusal(422, "probability")
    return probability
