"""Screen 3: the right patient, the right examination, the right side; warnings of the image; no result."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from starlette.background import BackgroundTask

from thirdeye.reading_room.opinions.states import AWAITED
from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.pictures.ahead import make_ready
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.screens.images import cabinet_of
from thirdeye.reading_room.store.tables import OPINION
from thirdeye.reading_room.telling.examination import examination
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.workflow.cases import case_of, images_of
from thirdeye.reading_room.workflow.first_reading import checked
from thirdeye.reading_room.workflow.hand_back import wrong

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]


@router.get("/cases/{case}/check")
def check(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """What the reader compares with the patient before them."""
    with room.acting(person.id) as act:
        row, images = case_of(act.connection, case, person), images_of(act.connection, case)
        state = act.connection.execute(select(OPINION.c.state).where(OPINION.c.case_id == case)).scalar()
        if row.checked_at is None:
            act.record("identity.shown", case=case)
    told = examination(row, images, language_of(request))
    shown = page(request, "check.html", case=row, told=told, is_looked_at=state != AWAITED)
    shown.background = BackgroundTask(make_ready, cabinet_of(room), [image.file for image in images])
    return shown


@router.post("/cases/{case}/check")
def check_done(room: TheRoom, case: str, person: Reader) -> Response:
    """It is the right one."""
    with room.acting(person.id) as act:
        checked(act, case, person)
    return go_to(f"/cases/{case}/read")


@router.post("/cases/{case}/wrong")
def check_failed(room: TheRoom, case: str, person: Annotated[Person, Depends(needs(READER))]) -> Response:
    """It is not: the case is kept back for the data manager."""
    with room.acting(person.id) as act:
        wrong(act, case, person)
    return go_to("/?told=kept_back")
