"""Screen 4: the first reading. The server locks it; nothing of the machine is here."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.pictures.preview import preview
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of, images_of
from thirdeye.reading_room.workflow.first_reading import lock, opened

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]
_PERCENT = 100


@router.get("/cases/{case}/read")
def read(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """The images, and the form for one's own opinion."""
    with room.acting(person.id) as act:
        opened(act, case, person)
        row, images = case_of(act.connection, case, person), images_of(act.connection, case)
    return page(request, "reading.html", case=row, images=images)


@router.get("/cases/{case}/images/{image}/preview.png")
def preview_png(room: TheRoom, case: str, image: str, person: Reader) -> Response:
    """A picture for a first look."""
    with room.database.reading() as connection:
        row = case_of(connection, case, person)
        found = [one for one in images_of(connection, case) if one.id == image]
    if not found or row.checked_at is None:
        raise Refusal(404, "no_such_case", action="image.refused", case=case)
    headers = {"Cache-Control": "private, max-age=3600, immutable"}
    return Response(preview(room.images / found[0].file), media_type="image/png", headers=headers)


@router.post("/cases/{case}/lock")
def locked(
    room: TheRoom,
    case: str,
    person: Reader,
    probability_percent: Annotated[float, Form()],
    marks: Annotated[str, Form()] = "[]",
    note: Annotated[str, Form()] = "",
) -> Response:
    """The reading is locked."""
    with room.acting(person.id) as act:
        lock(act, case, person, probability=probability_percent / _PERCENT, marks=_marks(marks), note=note)
    return go_to(f"/cases/{case}/opinion")


def _marks(text: str) -> list[Any]:
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(422, "marks") from None
    if not isinstance(form, list):
        raise Refusal(422, "marks")
    return form
