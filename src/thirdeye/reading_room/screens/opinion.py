"""Screen 5: the second opinion, after the first reading is locked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.person import READER, Person
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of, locked_reading
from thirdeye.reading_room.workflow.reveal import reveal

router = APIRouter()


@router.get("/cases/{case}/opinion")
def opinion(
    request: Request, room: TheRoom, case: str, person: Annotated[Person, Depends(needs(READER))]
) -> Response:
    """What the machine says, beside what the doctor has said."""
    with room.acting(person.id) as act:
        shown = reveal(act, case, person)
        row, reading = case_of(act.connection, case, person), locked_reading(act.connection, case, person)
    return page(request, "opinion.html", case=row, reading=reading, opinion=shown)
