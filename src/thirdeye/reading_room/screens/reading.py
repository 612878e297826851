"""Screen 4: the first reading. The server locks it; nothing of the machine is here."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection

from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.web.words import words
from thirdeye.reading_room.workflow.cases import case_of, images_of
from thirdeye.reading_room.workflow.drafts import draft_of, save_draft
from thirdeye.reading_room.workflow.first_reading import LONGEST_NOTE, lock, opened
from thirdeye.reading_room.workflow.marks import checked_marks
from thirdeye.reading_room.workflow.question import choices

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]
_PERCENT = 100


@router.get("/cases/{case}/read")
def read(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """The images, and the form for one's own opinion."""
    with room.acting(person.id) as act:
        opened(act, case, person)
        row, images = case_of(act.connection, case, person), images_of(act.connection, case)
        draft = draft_of(act.connection, case, person, row.part)
    known = words(language_of(request))
    said = {key.partition(".")[2]: text for key, text in known.items() if key.startswith("viewer.")}
    return page(
        request, "reading.html", case=row, images=images, draft=draft, said=said, choices=choices(row)
    )


@router.post("/cases/{case}/draft")
def drafted(
    room: TheRoom,
    case: str,
    person: Reader,
    probability_percent: Annotated[str, Form(max_length=32)] = "",
    answer: Annotated[str, Form(max_length=500)] = "",
    marks: Annotated[str, Form()] = "[]",
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """What is entered so far is kept."""
    with room.acting(person.id) as act:
        form = {
            "probability_percent": _percent(probability_percent),
            "answer": answer,
            "note": note,
            "marks": _marks(act.connection, case, person, marks),
        }
        save_draft(act, case, person, form)
    return JSONResponse({"kept_at": room.now()})


@router.post("/cases/{case}/lock")
def locked(
    room: TheRoom,
    case: str,
    person: Reader,
    probability_percent: Annotated[float, Form()],
    answer: Annotated[str | None, Form(max_length=500)] = None,
    marks: Annotated[str, Form()] = "[]",
    note: Annotated[str, Form()] = "",
) -> Response:
    """The reading is locked."""
    with room.acting(person.id) as act:
        lock(
            act, case, person, probability=probability_percent / _PERCENT, answer=answer, note=note,
            marks=_marks(act.connection, case, person, marks),
        )  # fmt: skip
    return go_to(f"/cases/{case}/opinion")


def _percent(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= _PERCENT else None


def _marks(connection: Connection, case: str, person: Person, text: str) -> list[dict[str, Any]]:
    """The marks in a form, as they are kept.

    Raises:
        Refusal: 404 somebody else's case, 422 no marks.
    """
    case_of(connection, case, person)
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(422, "marks") from None
    return checked_marks(form, [image.id for image in images_of(connection, case)])
