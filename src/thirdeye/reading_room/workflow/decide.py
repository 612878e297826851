"""The decision after the second opinion: keep, change or contest; large changes go to a second reader."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, DECISION, OPINION, REVEAL
from thirdeye.reading_room.workflow.after_lock import stand_alone
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.planted import planted
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.question import agree, choices
from thirdeye.reading_room.workflow.states import CLOSED, DECIDED, FIRST, SECOND_READER

KEEP, CHANGE, CONTEST = "keep", "change", "contest"
CHOICES = (KEEP, CHANGE, CONTEST)
LONGEST_REASON = 4_000  # characters


def decide(
    act: Act,
    case: str,
    person: Person,
    *,
    choice: str,
    probability: float | None = None,
    answer: str | None = None,
    reason: str = "",
) -> bool:
    """Decide about a case whose opinion was shown, or for which there is none.

    Args:
        choice: one of `CHOICES`; without an opinion only `KEEP`.
        probability: the new one (change); None: as locked.
        answer: the new class (change), where the study asks for one.
        reason: needed for a change and a contest.

    Returns:
        Whether the case goes to a second reader.

    Raises:
        Refusal: 403 before the opinion was shown, 409 decided already, 422 without a reason or a new value.
    """
    row, reading = case_of(act.connection, case, person), locked_reading(act.connection, case, person)
    before = select(DECISION.c.id).where(DECISION.c.case_id == case, DECISION.c.person_id == person.id)
    if act.connection.execute(before).first() is not None:
        raise Refusal(409, "decided", action="decision.edit_refused", case=case)
    if reading is None or row.part != FIRST or not _may(act, case, person):
        raise Refusal(403, "see_first", action="decision.refused", case=case)
    if not _shown(act, case, person):
        if choice != KEEP:
            raise Refusal(422, "nothing_shown")
        stand_alone(act, row, person, probability=reading.probability, answer=reading.answer)
        return False
    return _decided(
        act, row, person, reading, choice, *_final(row, reading, choice, probability, answer, reason)
    )


def _decided(
    act: Act, row: Any, person: Person, reading: Any, choice: str, probability: float, answer: str | None,
    reason: str,
) -> bool:  # fmt: skip
    known_wrong = planted(act.connection, row.id) is not None
    within = Policy.of(row.policy).second_reader_at
    far = not agree(reading, _Held(probability, answer), within=within)
    second = (choice == CONTEST or far) and not known_wrong
    kept = add(act.connection, DECISION, {
        "case_id": row.id, "person_id": person.id, "part": row.part, "choice": choice,
        "probability": probability, "answer": answer, "reason": reason, "second_reader": second, "at": act.at,
    })  # fmt: skip
    state = CLOSED if known_wrong else SECOND_READER if second else DECIDED
    act.connection.execute(update(CASE).where(CASE.c.id == row.id).values(state=state))
    act.record("decision.made", case=row.id, choice=choice, second_reader=second, **kept)
    return second


@dataclass(frozen=True)
class _Held:
    """A probability and an answer, as a row has them."""

    probability: float
    answer: str | None


def _may(act: Act, case: str, person: Person) -> bool:
    """Whether the opinion was shown, or there is none to be shown yet."""
    state = act.connection.execute(select(OPINION.c.state).where(OPINION.c.case_id == case)).scalar()
    return state != READY or _shown(act, case, person)


def _shown(act: Act, case: str, person: Person) -> bool:
    shown = select(REVEAL.c.id).where(REVEAL.c.case_id == case, REVEAL.c.person_id == person.id)
    return act.connection.execute(shown).first() is not None


def _final(
    row: Any, reading: Any, choice: str, probability: float | None, answer: str | None, reason: str
) -> tuple[float, str | None, str]:
    why = reason.strip()
    if choice not in CHOICES:
        raise Refusal(422, "choice")
    if choice != KEEP and not why:
        raise Refusal(422, "reason")
    if len(why) > LONGEST_REASON:
        raise Refusal(422, "too_much")
    if choice != CHANGE:
        return reading.probability, reading.answer, why
    if probability is None or not (math.isfinite(probability) and 0 <= probability <= 1):
        raise Refusal(422, "probability")
    known = choices(row)
    if known and answer not in known:
        raise Refusal(422, "answer")
    return probability, answer if known else None, why
