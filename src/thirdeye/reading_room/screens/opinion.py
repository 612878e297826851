"""Screen 5: the second opinion, after the first reading is locked; exactly what is shown is kept."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select

from thirdeye.case.names import ClassNames
from thirdeye.reading_room.opinions.names import is_heat_map
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import DECISION, OPINION
from thirdeye.reading_room.telling.named import names_kept
from thirdeye.reading_room.telling.opinion import told
from thirdeye.reading_room.telling.speech import Speech
from thirdeye.reading_room.telling.statement import held
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of, images_of, locked_reading
from thirdeye.reading_room.workflow.drafts import draft_of
from thirdeye.reading_room.workflow.planted import planted
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.question import choices
from thirdeye.reading_room.workflow.reveal import reveal, shown_to
from thirdeye.reading_room.workflow.shown import OPINION as SHOWN_OPINION
from thirdeye.reading_room.workflow.shown import PICTURE, remember
from thirdeye.reading_room.workflow.states import FIRST, UNAIDED

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]


@router.get("/cases/{case}/opinion")
def opinion(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """What the machine says, beside what the doctor has said; or that this case is read without it."""
    with room.acting(person.id) as act:
        row, reading = case_of(act.connection, case, person), locked_reading(act.connection, case, person)
        if row.part != FIRST and reading is not None and reading.part == row.part:
            return page(request, "alone.html", case=row, unaided=row.part == UNAIDED)
        found = reveal(act, case, person)
        view = _view(act, case, person, found, names_kept(row.names)) if found.state == READY else None
        images = images_of(act.connection, case)
        decision = _decision(act, case, person)
        draft = draft_of(act.connection, case, person, row.part)
        secret = planted(act.connection, case) is not None
    return page(
        request, "opinion.html", case=row, reading=reading, opinion=found, view=view, images=images,
        yours=_held(row, reading, person), decision=decision, draft=draft, choices=choices(row),
        pictures=found.pictures or {}, points=round(100 * Policy.of(row.policy).second_reader_at),
        planted=secret and decision is not None,
    )  # fmt: skip


@router.get("/cases/{case}/opinion/pictures/{name}.png")
def picture(room: TheRoom, case: str, name: str, person: Reader) -> Response:
    """A picture of an opinion that was shown; that the heat map was looked at is kept."""
    with room.acting(person.id) as act:
        case_of(act.connection, case, person)
        found = act.connection.execute(select(OPINION).where(OPINION.c.case_id == case)).first()
        if found is None or shown_to(act, case, person) is None or name not in (found.pictures or {}):
            raise Refusal(404, "no_opinion", action="picture.refused", case=case)
        content = _sealed(room, found, name, case)
        if is_heat_map(name):
            remember(act, case, person, PICTURE, {"name": name, "sha256": found.form["pictures"][name]})
    headers = {"Cache-Control": "private, max-age=3600, immutable", "Vary": "Cookie"}
    return Response(content, media_type="image/png", headers=headers)


def _sealed(room: Room, found: Any, name: str, case: str) -> bytes:
    """A picture as it was sealed with the opinion.

    Raises:
        Refusal: 409 when it is another one by now.
    """
    content = (room.images / found.pictures[name]).read_bytes()
    if hashlib.sha256(content).hexdigest() != found.form.get("pictures", {}).get(name):
        raise Refusal(409, "picture_changed", action="picture.changed", case=case)
    return content


def _view(act: Act, case: str, person: Person, found: Any, names: ClassNames) -> dict[str, Any]:
    said = told(found.form, person.language, names)
    content = {
        "opinion_sha256": found.sha256,
        "model_sha256": found.model_sha256,
        "told": said,
        "pictures": found.form.get("pictures", {}),
    }
    remember(act, case, person, SHOWN_OPINION, content)
    return said


def _held(row: Any, reading: Any, person: Person) -> str:
    if reading is None:
        return ""
    return held(
        row.positive, reading.answer, reading.probability, Speech(person.language, names_kept(row.names))
    )


def _decision(act: Act, case: str, person: Person) -> Any:
    mine = select(DECISION).where(DECISION.c.case_id == case, DECISION.c.person_id == person.id)
    return act.connection.execute(mine).first()
