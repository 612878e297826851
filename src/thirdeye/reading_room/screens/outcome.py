"""Screen 7, later: the outcome of a signed case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.person import ADJUDICATOR, DATA_MANAGER, READER, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.outcome import (
    PROOFS,
    awaited,
    enter_outcome,
    known_outcomes,
    outcome_case,
)
from thirdeye.reading_room.workflow.question import outcomes

router = APIRouter()
Knower = Annotated[Person, Depends(needs(READER, ADJUDICATOR, DATA_MANAGER))]


@router.get("/outcomes")
def waiting(request: Request, room: TheRoom, person: Knower) -> Response:
    """Signed cases, those without an outcome first."""
    with room.database.reading() as connection:
        rows = awaited(connection, person)
    return page(request, "outcomes.html", rows=rows)


@router.get("/cases/{case}/outcome")
def outcome(request: Request, room: TheRoom, case: str, person: Knower) -> Response:
    """What was entered, and the form for more."""
    with room.database.reading() as connection:
        row = outcome_case(connection, case, person)
        known = known_outcomes(connection, case)
    return page(request, "outcome.html", case=row, known=known, truths=outcomes(row), proofs=PROOFS)


@router.post("/cases/{case}/outcome")
def entered(
    room: TheRoom,
    case: str,
    person: Knower,
    truth: Annotated[str, Form(max_length=500)],
    proof: Annotated[str, Form(max_length=40)],
    on_date: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """An outcome is entered."""
    with room.acting(person.id) as act:
        enter_outcome(act, case, person, truth=truth, proof=proof, on_date=on_date or None)
    return go_to(f"/cases/{case}/outcome")
