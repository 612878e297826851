"""Screen 3: the right patient, the right examination, the right side; warnings of the image; no result."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of, images_of
from thirdeye.reading_room.workflow.first_reading import checked

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]


@router.get("/cases/{case}/check")
def check(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """What the reader compares with the patient before them."""
    with room.database.reading() as connection:
        row, images = case_of(connection, case, person), images_of(connection, case)
    return page(request, "check.html", case=row, images=images)


@router.post("/cases/{case}/check")
def check_done(room: TheRoom, case: str, person: Reader) -> Response:
    """It is the right one."""
    with room.acting(person.id) as act:
        checked(act, case, person)
    return go_to(f"/cases/{case}/read")
