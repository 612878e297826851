"""The queue of second readings: images, and nothing of what anybody or the machine said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.person import ADJUDICATOR, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.second_reading import give_back, queue, take_second

router = APIRouter()
Adjudicator = Annotated[Person, Depends(needs(ADJUDICATOR))]


@router.get("/adjudication")
def waiting(request: Request, room: TheRoom, person: Adjudicator) -> Response:
    """What waits for somebody who has not read it."""
    with room.database.reading() as connection:
        rows = queue(connection, person)
    return page(request, "adjudication.html", rows=rows)


@router.post("/adjudication/{case}/take")
def taken(room: TheRoom, case: str, person: Adjudicator) -> Response:
    """Take a case."""
    with room.acting(person.id) as act:
        take_second(act, case, person)
    return go_to(f"/cases/{case}/check")


@router.post("/adjudication/{case}/release")
def released(room: TheRoom, case: str, person: Adjudicator) -> Response:
    """Give a case back that was begun and not locked."""
    with room.acting(person.id) as act:
        give_back(act, case, person)
    return go_to("/adjudication")
