"""Screen 2: the worklist, in the order in which cases came."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import and_, or_, select

from thirdeye.reading_room.people.person import READER, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import take
from thirdeye.reading_room.workflow.states import WAITING

router = APIRouter()
SHOWN = 200


@router.get("/")
def worklist(request: Request, room: TheRoom, person: Annotated[Person, Depends(needs())]) -> Response:
    """What waits for anybody, and what is somebody's own. Never the machine's score, never its order."""
    theirs = and_(ASSIGNMENT.c.case_id == CASE.c.id, ASSIGNMENT.c.person_id == person.id)
    wanted = (
        select(CASE.c.id, CASE.c.state, CASE.c.facts, CASE.c.received_at, ASSIGNMENT.c.id.label("taken"))
        .outerjoin(ASSIGNMENT, theirs)
        .where(or_(CASE.c.state == WAITING, ASSIGNMENT.c.id.is_not(None)))
        .order_by(CASE.c.received_at)
        .limit(SHOWN)
    )
    with room.database.reading() as connection:
        rows = list(connection.execute(wanted)) if person.may(READER) else []
    return page(request, "worklist.html", rows=rows)


@router.post("/cases/{case}/take")
def taken(room: TheRoom, case: str, person: Annotated[Person, Depends(needs(READER))]) -> Response:
    """Take a waiting case."""
    with room.acting(person.id) as act:
        take(act, case, person)
    return go_to(f"/cases/{case}/check")
