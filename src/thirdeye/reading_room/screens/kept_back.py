"""What is kept back, and why: the data manager lets it go on, or puts it away."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Row, select

from thirdeye.reading_room.people.person import DATA_MANAGER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.screens.upload import TheCrew
from thirdeye.reading_room.store.tables import CASE
from thirdeye.reading_room.telling.examination import examination, remarks
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.workflow.cases import images_of
from thirdeye.reading_room.workflow.hand_back import RELEASABLE, discard, let_go_on
from thirdeye.reading_room.workflow.states import QUARANTINED

router = APIRouter()
Manager = Annotated[Person, Depends(needs(DATA_MANAGER))]
SHOWN = 200


@router.get("/kept-back")
def kept_back(request: Request, room: TheRoom, person: Manager) -> Response:
    """Everything that waits for the data manager; without identities."""
    query = select(CASE).where(CASE.c.state == QUARANTINED).order_by(CASE.c.received_at.desc()).limit(SHOWN)
    with room.database.reading() as connection:
        rows = list(connection.execute(query))
    told = {row.id: remarks(row.warnings, language_of(request)) for row in rows}
    return page(request, "kept_back.html", rows=rows, told=told, releasable=RELEASABLE)


@router.get("/kept-back/{case}")
def one(request: Request, room: TheRoom, case: str, person: Manager) -> Response:
    """Whose examination it is; that this was looked at is on record."""
    with room.acting(person.id) as act:
        row = _row(act, case)
        images = images_of(act.connection, case)
        act.record("identity.shown", case=case)
    told = examination(row, images, language_of(request))
    return page(request, "kept_back_case.html", case=row, told=told, releasable=RELEASABLE)


@router.post("/kept-back/{case}/go-on")
def go_on(room: TheRoom, case: str, person: Manager, crew: TheCrew) -> Response:
    """It is right after all: to the worklist."""
    with room.acting(person.id) as act:
        let_go_on(act, case)
    crew.ask(case)
    return go_to("/kept-back")


@router.post("/kept-back/{case}/put-away")
def put_away(room: TheRoom, case: str, person: Manager) -> Response:
    """It is put away for good."""
    with room.acting(person.id) as act:
        discard(act, case)
    return go_to("/kept-back")


def _row(act: Act, case: str) -> Row[Any]:
    row = act.connection.execute(select(CASE).where(CASE.c.id == case, CASE.c.state == QUARANTINED)).first()
    if row is None:
        raise Refusal(404, "no_such_case", action="case.refused")
    return row
