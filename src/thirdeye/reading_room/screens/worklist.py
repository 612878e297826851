"""Screen 2: the worklist; the most urgent first, then those that came first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import select

from thirdeye.reading_room.people.person import ADMINISTRATOR, DATA_MANAGER, READER, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.store.tables import STUDY
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import take
from thirdeye.reading_room.workflow.hand_back import prioritise, release
from thirdeye.reading_room.workflow.worklist import OPEN, VIEWS, Found, Wanted, modalities, worklist
from thirdeye.reading_room.workflow.worklist import may_release as may_release_row
from thirdeye.reading_room.workflow.worklist import next_step as next_step_of

router = APIRouter()
Anybody = Annotated[Person, Depends(needs())]
Reader = Annotated[Person, Depends(needs(READER))]
_LONGEST = 16
_TOLD = ("kept_back",)  # what was just done, as a word of `worklist.json`


@router.get("/")
def the_worklist(
    request: Request, room: TheRoom, person: Anybody, view: str = OPEN, study: str = "", modality: str = "",
    priority: str = "0", told: str = "",
) -> Response:  # fmt: skip
    """What waits for anybody, and what is somebody's own. Never the machine's score."""
    wanted = Wanted(
        view if view in VIEWS else OPEN, _number(study), modality[:_LONGEST], _number(priority) or 0
    )
    with room.database.reading() as connection:
        found = worklist(connection, person, wanted) if person.may(READER) else Found([])
        kinds = modalities(connection, person) if person.may(READER) else []
        studies = connection.execute(select(STUDY.c.id, STUDY.c.name).order_by(STUDY.c.id)).all()
    return page(
        request, "worklist.html", rows=found.rows, found=found, wanted=wanted, views=VIEWS, kinds=kinds,
        studies=studies, next_step=next_step_of, may_release=may_release_row, may_read=person.may(READER),
        may_name=person.may(ADMINISTRATOR), told=told if told in _TOLD else "",
    )  # fmt: skip


@router.post("/cases/{case}/take")
def taken(room: TheRoom, case: str, person: Reader) -> Response:
    """Take a waiting case."""
    with room.acting(person.id) as act:
        take(act, case, person)
    return go_to(f"/cases/{case}/check")


@router.post("/cases/{case}/release")
def released(room: TheRoom, case: str, person: Reader) -> Response:
    """Give a case back."""
    with room.acting(person.id) as act:
        release(act, case, person)
    return go_to("/")


@router.post("/cases/{case}/priority")
def prioritised(
    room: TheRoom,
    case: str,
    person: Annotated[Person, Depends(needs(READER, DATA_MANAGER))],
    priority: Annotated[int, Form()],
) -> Response:
    """Say how urgent a case is."""
    with room.acting(person.id) as act:
        prioritise(act, case, person, priority)
    return go_to("/")


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None
