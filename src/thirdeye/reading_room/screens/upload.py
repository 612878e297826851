"""Upload: files from this computer, and how far they are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Row, or_, select
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from thirdeye.reading_room.arrivals.batch import Batch, close_batch, open_batch
from thirdeye.reading_room.arrivals.process import KEPT_BACK_FILES
from thirdeye.reading_room.arrivals.states import FINISHED
from thirdeye.reading_room.jobs.crew import Crew
from thirdeye.reading_room.people.person import ADMINISTRATOR, DATA_MANAGER, READER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.screens.jobs import crew_of
from thirdeye.reading_room.store.tables import ARRIVAL, STUDY
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page

router = APIRouter()
Bringer = Annotated[Person, Depends(needs(READER, DATA_MANAGER, ADMINISTRATOR))]
TheCrew = Annotated[Crew, Depends(crew_of)]
SHOWN = 20
MOST_FILES = 5000
_EVERY_S = 0.4
_SIDES = ("", "L", "R", "B")
_LONGEST = 64


@router.get("/upload")
def upload(request: Request, room: TheRoom, person: Bringer) -> Response:
    """The form, and what this person brought last."""
    with room.database.reading() as connection:
        studies = list(connection.execute(select(STUDY.c.id, STUDY.c.name).order_by(STUDY.c.id)))
        rows = list(
            connection.execute(
                select(ARRIVAL)
                .where(or_(ARRIVAL.c.person_id == person.id, ARRIVAL.c.person_id.is_(None)))
                .order_by(ARRIVAL.c.at.desc())
                .limit(SHOWN)
            )
        )
    most = room.settings.upload_bytes
    return page(request, "upload.html", studies=studies, arrivals=rows, most_bytes=most)


@router.post("/upload")
async def uploaded(request: Request, room: TheRoom, person: Bringer, crew: TheCrew) -> Response:
    """Files of one arrival, in one request or in several (``batch``; ``more``: further ones follow)."""
    async with request.form(max_files=MOST_FILES) as form:
        batch = await run_in_threadpool(_laid_down, room, person, form)
        if form.get("more"):
            return JSONResponse({"batch": batch.name})
        arrival = await run_in_threadpool(_handed_in, room, person, batch, form)
    await run_in_threadpool(crew.sort_out, arrival)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"arrival": arrival})
    return go_to("/upload")


@router.get("/upload/{arrival}/state")
def state(room: TheRoom, person: Bringer, arrival: str) -> Response:
    """How far an arrival is."""
    return JSONResponse(_shown(_theirs(room, person, arrival)))


@router.get("/upload/{arrival}/events")
async def events(request: Request, room: TheRoom, person: Bringer, arrival: str) -> EventSourceResponse:
    """How far an arrival is, told whenever it changes (server-sent events)."""
    await run_in_threadpool(_theirs, room, person, arrival)
    return EventSourceResponse(_told(request, room, person, arrival), ping=15)


async def _told(request: Request, room: Room, person: Person, arrival: str) -> AsyncIterator[dict[str, str]]:
    import anyio

    last = ""
    while not await request.is_disconnected():
        shown = _shown(await run_in_threadpool(_theirs, room, person, arrival))
        now = json.dumps(shown)
        if now != last:
            last = now
            yield {"event": "state", "data": now}
        if shown["state"] in FINISHED:
            return
        await anyio.sleep(_EVERY_S)


def _theirs(room: Room, person: Person, arrival: str) -> Row[Any]:
    with room.database.reading() as connection:
        row = connection.execute(select(ARRIVAL).where(ARRIVAL.c.id == arrival)).first()
    if row is None or row.person_id not in (person.id, None):
        raise Refusal(404, "no_such_arrival", action="arrival.refused")
    return row


def _shown(row: Row[Any]) -> dict[str, Any]:
    said = dict(row.said)
    if row.person_id is None:  # of a folder that is everybody's: a name may be that of a patient
        said.pop(KEPT_BACK_FILES, None)
    return {"state": row.state, "files": row.files, **said}


def _laid_down(room: Room, person: Person, form: FormData) -> Batch:
    batch = open_batch(room, person.id, str(form.get("batch") or ""))
    try:
        for one in form.getlist("files"):
            if isinstance(one, UploadFile) and one.filename:
                batch.add(one.filename, one.file)
    except OSError:  # a full disk: what has come so far goes, so that there is room again
        close_batch(room, batch)
        batch.clear()
        raise
    return batch


def _handed_in(room: Room, person: Person, batch: Batch, form: FormData) -> str:
    study = _study(room, str(form.get("study") or ""))
    side, patient = str(form.get("side") or ""), str(form.get("patient") or "").strip()
    priority = str(form.get("priority") or "0")
    if not batch.count:
        raise Refusal(422, "no_files")
    if (
        side not in _SIDES
        or priority not in ("0", "1", "2")
        or len(patient) > _LONGEST
        or not _plain(patient)
    ):
        raise Refusal(422, "upload")
    asked = {
        "together": bool(form.get("together")), "side": side, "patient": patient, "priority": int(priority),
    }  # fmt: skip
    arrival = batch.hand_in(study, person=person.id, source="upload", asked=asked)
    close_batch(room, batch)
    return arrival


def _plain(text: str) -> bool:
    return text.isprintable() and text.encode("utf-8", "replace").decode() == text


def _study(room: Room, said: str) -> int:
    with room.database.reading() as connection:
        known = list(connection.execute(select(STUDY.c.id).order_by(STUDY.c.id)).scalars())
    if said.isascii() and said.isdecimal() and len(said) < 10 and int(said) in known:
        return int(said)
    if not said and len(known) == 1:
        return int(known[0])
    raise Refusal(422, "study")
