"""Screen 6: keep, change or contest; and what a planted case truly was."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import select

from thirdeye.reading_room.people.person import READER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.store.tables import DECISION, OPINION, OUTCOME
from thirdeye.reading_room.telling.answers import headline
from thirdeye.reading_room.telling.named import named_form, names_kept
from thirdeye.reading_room.telling.speech import Speech
from thirdeye.reading_room.telling.statement import held
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.decide import decide
from thirdeye.reading_room.workflow.planted import planted
from thirdeye.reading_room.workflow.shown import DISCLOSURE, remember
from thirdeye.reading_room.workflow.states import DECIDED

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER))]
_PERCENT = 100


@router.post("/cases/{case}/decide")
def decided(
    room: TheRoom,
    case: str,
    person: Reader,
    choice: Annotated[str, Form()],
    probability_percent: Annotated[float | None, Form()] = None,
    answer: Annotated[str | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """The decision; then the signature, the second reader, or what a planted case was."""
    new = None if probability_percent is None else probability_percent / _PERCENT
    with room.acting(person.id) as act:
        decide(act, case, person, choice=choice, probability=new, answer=answer, reason=reason)
        state = case_of(act.connection, case, person).state
        known_wrong = planted(act.connection, case) is not None
    if known_wrong:
        return go_to(f"/cases/{case}/disclosure")
    return go_to(f"/cases/{case}/{'sign' if state == DECIDED else 'opinion'}")


@router.get("/cases/{case}/disclosure")
def disclosure(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """That a case was planted, after the decision; what it truly was."""
    with room.acting(person.id) as act:
        row = case_of(act.connection, case, person)
        told = _told(act, row, person)
        remember(act, case, person, DISCLOSURE, told)
    return page(request, "disclosure.html", case=row, told=told)


def _told(act: Act, row: Any, person: Person) -> dict[str, Any]:
    entry, reading = planted(act.connection, row.id), locked_reading(act.connection, row.id, person)
    mine = (DECISION.c.case_id == row.id, DECISION.c.person_id == person.id)
    decision = act.connection.execute(select(DECISION).where(*mine)).first()
    if entry is None or decision is None or reading is None:
        raise Refusal(404, "not_planted")
    proof = act.connection.execute(
        select(OUTCOME.c.proof).where(OUTCOME.c.case_id == entry.origin_id).order_by(OUTCOME.c.id.desc())
    ).scalar()
    form = act.connection.execute(select(OPINION.c.form).where(OPINION.c.case_id == row.id)).scalar_one()
    names = names_kept(row.names)
    speech = Speech(person.language, names)
    machine = headline(named_form(form, names, person.language), speech)
    return {
        "language": person.language,
        "truth": speech.name(entry.truth),
        "proof": proof,
        "machine": "" if machine is None else machine["text"],
        "before": held(row.positive, reading.answer, reading.probability, speech),
        "after": held(row.positive, decision.answer, decision.probability, speech),
    }
